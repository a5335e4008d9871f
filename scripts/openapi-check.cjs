// Calls a server of its own with the client that scripts/openapi-check has made, and compares what arrives.
"use strict";

const assert = require("node:assert/strict");
const http = require("node:http");
const path = require("node:path");

const folder = process.argv[2];
const broker = require(path.join(folder, "index.js"));
const { client } = require(path.join(folder, "client.gen.js"));

const TOKENS = {
  "X-Broker-Channel-Token": "ct",
  "X-Broker-Producer-Token": "pt",
  "X-Broker-Consumer-Token": "kt",
};
let arrived;

function answer(request, response) {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    arrived = { method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(pieces) };
    response.writeHead(request.method === "POST" ? 201 : 204).end();
  });
}

async function bytes() {
  const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  for (const payload of [every, Buffer.from('{"order": 17}'), Buffer.from("text"), Buffer.from([0xff, 0xfe, 0x00])]) {
    await broker.broadcast({
      path: { channelId: "orders" },
      headers: { "X-Broker-Producer-ID": "shop", "X-Broker-Message-ID": "m-1" },
      body: new Blob([payload]),
    });
    assert.deepEqual(arrived.body, payload, "the body is the bytes that were given");
    assert.equal(arrived.headers["content-type"], "application/octet-stream");
  }
  assert.equal(arrived.url, "/channel/orders/broadcast");
  assert.equal(arrived.headers["x-broker-channel-token"], "ct");
  assert.equal(arrived.headers["x-broker-producer-token"], "pt");
  assert.equal(arrived.headers["x-broker-producer-id"], "shop");
  assert.equal(arrived.headers["x-broker-message-id"], "m-1");
}

async function typeOfTheProducer() {
  await broker.broadcast({
    path: { channelId: "orders" },
    headers: { "X-Broker-Producer-ID": "shop", "Content-Type": "application/json" },
    body: new Blob(["{}"]),
  });
  assert.equal(arrived.headers["content-type"], "application/json");
  assert.equal(arrived.body.toString(), "{}");
}

async function forms() {
  await broker.patchConsumer({
    path: { channelId: "orders", consumerId: "billing" },
    headers: { "If-Unmodified-Since": "Tue, 24 Nov 2026 22:20:02 GMT" },
    body: { callbackUrl: "http://host/a?b=c&d" },
  });
  assert.equal(arrived.method, "PATCH");
  assert.match(arrived.headers["content-type"], /^application\/x-www-form-urlencoded/);
  assert.equal(arrived.headers["if-unmodified-since"], "Tue, 24 Nov 2026 22:20:02 GMT");
  assert.equal(arrived.body.toString(), "callbackUrl=http%3A%2F%2Fhost%2Fa%3Fb%3Dc%26d");
}

async function json() {
  await broker.leaseJobs({ path: { channelId: "orders", consumerId: "billing" }, body: { Limit: 25, WaitSeconds: 10 } });
  assert.deepEqual(JSON.parse(arrived.body.toString()), { Limit: 25, WaitSeconds: 10 });
  assert.equal(arrived.headers["x-broker-consumer-token"], "kt");
}

const server = http.createServer(answer).listen(0, "127.0.0.1", async () => {
  try {
    client.setConfig({ baseUrl: `http://127.0.0.1:${server.address().port}`, auth: (scheme) => TOKENS[scheme.name] });
    for (const check of [bytes, typeOfTheProducer, forms, json]) {
      await check();
    }
    console.log("A generated client of openapi.json sends what it was given");
  } catch (failure) {
    console.error(failure);
    process.exitCode = 1;
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
