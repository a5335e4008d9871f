// The other half of scripts/signature-check: v1 by the reference library, v1a, which it does not know, by the crypto of Node.js.
"use strict";

const assert = require("node:assert/strict");
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const [what, folder] = process.argv.slice(2);
const { Webhook } = require(path.join(folder, "node_modules", "standardwebhooks"));
const NOW = Math.floor(Date.now() / 1000);
const SHARED = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + crypto.randomBytes(64).toString("base64")];
const PAIRS = ["whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=", "whsk_" + crypto.randomBytes(32).toString("base64")];
const TEXTS = ["", "{}", '{"test": 2432232314}', "1.2.3", "\u00fc\u20ac\u{1f600} \u0000\r\n", "x".repeat(1 << 20)];
// The library takes a body for text in UTF-8, so only ed25519 has one of all bytes.
const BYTES = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

const base64 = (bytes) => (bytes.length === 0 ? "-" : bytes.toString("base64"));
const bytes = (text) => Buffer.from(text === "-" ? "" : text, "base64");
const head = (id, seconds, body) => Buffer.concat([Buffer.from(`${id}.${seconds}.`), body]);
const raw = (key, prefix) => Buffer.from(key.slice(prefix.length), "base64");
const privateKey = (whsk) =>
  crypto.createPrivateKey({
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), raw(whsk, "whsk_")]),
    format: "der",
    type: "pkcs8",
  });
const publicKey = (whpk) =>
  crypto.createPublicKey({
    key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw(whpk, "whpk_")]),
    format: "der",
    type: "spki",
  });
const whpk = (whsk) =>
  "whpk_" + crypto.createPublicKey(privateKey(whsk)).export({ format: "der", type: "spki" }).subarray(12).toString("base64");

function cases() {
  const all = [];
  for (const text of TEXTS) {
    [...SHARED, ...PAIRS].forEach((secret) => all.push([secret, "msg_1-A_z", NOW, base64(Buffer.from(text))]));
  }
  PAIRS.forEach((secret) => all.push([secret, "msg_2", NOW, base64(BYTES)]));
  return all;
}

const headers = (id, seconds, signature) => ({
  "webhook-id": id,
  "webhook-timestamp": String(seconds),
  "webhook-signature": signature,
});

function verify() {
  const lines = fs.readFileSync(path.join(folder, "signed.txt"), "utf8").trimEnd().split("\n");
  assert.equal(lines.length, cases().length);
  for (const line of lines) {
    const [secret, id, seconds, body, key, signature] = line.split("\t");
    const [version, value] = signature.split(",");
    if (version === "v1") {
      const library = new Webhook(secret);
      library.verify(bytes(body).toString(), headers(id, seconds, signature), { jsonParse: false });
      assert.throws(() => library.verify(bytes(body) + "x", headers(id, seconds, signature), { jsonParse: false }));
    } else {
      assert.equal(version, "v1a");
      assert.equal(key, whpk(secret));
      const signed = head(id, seconds, bytes(body));
      assert.ok(crypto.verify(null, signed, publicKey(key), Buffer.from(value, "base64")));
      assert.ok(!crypto.verify(null, Buffer.concat([signed, Buffer.from("x")]), publicKey(key), Buffer.from(value, "base64")));
    }
  }
  console.log(`${lines.length} signatures of webhook-broker-api are right, by the library and by Node.js`);
}

function sign() {
  for (const [secret, id, , body] of cases()) {
    const shared = secret.startsWith("whsec_");
    const signature = shared
      ? new Webhook(secret).sign(id, new Date(NOW * 1000), bytes(body).toString())
      : "v1a," + crypto.sign(null, head(id, NOW, bytes(body)), privateKey(secret)).toString("base64");
    const key = shared ? secret : whpk(secret);
    console.log([key, id, NOW, body, `v1,AAAA ${signature}`, "right"].join("\t"));
    console.log([key, id, NOW + 1, body, signature, "wrong"].join("\t"));
  }
}

if (what === "cases") {
  const file = path.join(folder, "cases.txt");
  fs.writeFileSync(file, cases().map((each) => each.join("\t") + "\n").join(""));
  console.log(file);
} else {
  ({ verify, sign })[what]();
}
