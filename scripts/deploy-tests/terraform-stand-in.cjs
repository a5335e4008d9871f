// Stands in for providers that cannot be had here: tells terraform the schema of each, and nothing else. So terraform itself checks
// names, types and references of every resource (validate), and runs modules whose providers are mocked (test).
// Usage: node terraform-stand-in.cjs BINDINGS MODULES FILE: writes the value of TF_REATTACH_PROVIDERS to the file, and serves until it is ended.
const fs = require("fs");
const path = require("path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const { providerSchema } = require("./terraform-schema.cjs");

const [bindings, modules, file] = process.argv.slice(2);
const { tfplugin6 } = grpc.loadPackageDefinition(loader.loadSync(path.join(__dirname, "terraform-provider.proto"), { keepCase: true }));

function textsOf(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return textsOf(name);
    return name.endsWith(".tf") ? fs.readFileSync(name, "utf8") : "";
  }).join("\n");
}

function serve(schema) {
  const server = new grpc.Server({ "grpc.max_send_message_length": -1 });
  const empty = (call, answer) => answer(null, {});
  server.addService(tfplugin6.Provider.service, {
    GetProviderSchema: (call, answer) => answer(null, schema),
    ValidateProviderConfig: empty, ValidateResourceConfig: empty, ValidateDataResourceConfig: empty, StopProvider: empty,
  });
  return new Promise((resolve, reject) => server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(),
    (failure, port) => (failure ? reject(failure) : resolve(port))));
}

async function main() {
  const hcl = textsOf(modules);
  const providers = {};
  for (const name of fs.readdirSync(bindings)) {
    const port = await serve(providerSchema(path.join(bindings, name), name, hcl));
    providers[`hashicorp/${name}`] = {
      Protocol: "grpc", ProtocolVersion: 6, Pid: process.pid, Test: true, Addr: { Network: "tcp", String: `127.0.0.1:${port}` },
    };
  }
  fs.writeFileSync(`${file}.part`, JSON.stringify(providers));
  fs.renameSync(`${file}.part`, file);
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
