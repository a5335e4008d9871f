// Whether what modules/values says arrives in the manifests of the chart: a value that the chart does not read would pass its schema.
// Usage: node terraform-manifests.cjs VALUES MANIFESTS [ADDED]: ADDED are the values, as JSON, that the root module adds.
const assert = require("assert");
const fs = require("fs");
const yaml = require("yaml");

const values = yaml.parse(fs.readFileSync(process.argv[2], "utf8"));
// As Kubernetes reads them: YAML 1.1, where no is false.
const objects = yaml.parseAllDocuments(fs.readFileSync(process.argv[3], "utf8"), { version: "1.1" }).map((document) => document.toJS()).filter(Boolean);
const name = values.fullnameOverride;
const of = (kind, named) => objects.find((object) => object.kind === kind && object.metadata.name === named);
const podOf = (object) => (object.kind === "CronJob" ? object.spec.jobTemplate.spec : object.spec).template.spec;
const variablesOf = (pod) => {
  const found = {};
  for (const { configMapRef } of pod.containers[0].envFrom ?? []) if (configMapRef) Object.assign(found, of("ConfigMap", configMapRef.name).data);
  for (const { name: variable, value, valueFrom } of pod.containers[0].env ?? []) found[variable] = value ?? valueFrom.secretKeyRef;
  return found;
};

const deployment = of("Deployment", name);
const nodes = podOf(deployment);
const variables = variablesOf(nodes);
const { database } = values;

// The outputs of the root module name these.
assert(of("Service", name) && of("Service", `${name}-admin`) && of("ServiceAccount", name), "services and service account have the names of the outputs");
assert.deepStrictEqual(of("ServiceAccount", name).metadata.annotations ?? {}, values.serviceAccount.annotations, "annotations of the service account");
assert.strictEqual(nodes.serviceAccountName, name, "nodes have the service account");

// Every text as it was given.
const texts = { ...values.config, DATABASE_URL: database.url, JAVA_HEAP: values.jvm.maxHeap, DATABASE_POOL_SIZE: String(database.poolSize) };
for (const [variable, text] of Object.entries(texts)) assert.strictEqual(variables[variable], text, variable);
const secret = (key) => ({ name: database.existingSecret, key });
assert.deepStrictEqual(variables.DATABASE_PASSWORD, secret(database.existingSecretKeys.password), "the password of the database");
assert.deepStrictEqual(variables.DATABASE_USER, database.user ?? secret(database.existingSecretKeys.user), "the user of the database");
if (values.secretsKey) assert.strictEqual(variables.SECRETS_KEY.name, values.secretsKey.existingSecret, "the key of secrets");
if (values.gatewayAuth) assert.strictEqual(variables.GATEWAY_AUTH_PREVIOUS_SECRET.key, values.gatewayAuth.previousSecretKey, "the previous secret");
for (const { name: variable, valueFrom } of values.extraEnv) assert.deepStrictEqual(variables[variable], valueFrom.secretKeyRef, variable);
for (const key of Object.keys(values.seed?.existingSecretKeys ?? {})) assert(variables[`SEED_${key.toUpperCase()}_FILE`], `seed of ${key}`);

// All that connect to the database know its authorities.
const pods = { nodes };
for (const object of objects) if (/^(Job|CronJob)$/.test(object.kind) && /-(migrate|migration|prune)/.test(object.metadata.name)) pods[object.metadata.name] = podOf(object);
assert(Object.keys(pods).length === (values.prune.enabled ? 3 : 2), `pods at the database: ${Object.keys(pods)}`);
for (const [pod, spec] of Object.entries(pods)) {
  assert.strictEqual(variablesOf(spec).DATABASE_URL, database.url, `the database of ${pod}`);
  const file = /serverSslCert=([^&]+)\/ca.pem/.exec(database.url)?.[1];
  if (!file) continue;
  const mount = spec.containers[0].volumeMounts.find((one) => one.mountPath === file);
  assert(spec.volumes.some((volume) => volume.name === mount?.name && volume.configMap), `${pod} has the authorities`);
}

const autoscaler = of("HorizontalPodAutoscaler", name);
if (values.autoscaling) assert.strictEqual(autoscaler.spec.maxReplicas, values.autoscaling.maxReplicas, "nodes at most");
else assert.strictEqual(deployment.spec.replicas, values.replicaCount, "nodes");
assert.deepStrictEqual(nodes.containers[0].resources, values.resources, "resources");
if (values.image.digest) assert.strictEqual(nodes.containers[0].image, `${values.image.repository}@${values.image.digest}`, "image");
for (const [block, kind] of [["ingress", "Ingress"], ["networkPolicy", "NetworkPolicy"]]) assert.strictEqual(!!values[block], !!of(kind, name), kind);
for (const [block, kind] of [["serviceMonitor", "ServiceMonitor"], ["prometheusRule", "PrometheusRule"]])
  assert.strictEqual(values.metrics[block].enabled, objects.some((object) => object.kind === kind), kind);

if (process.argv[4]) {
  const added = JSON.parse(fs.readFileSync(process.argv[4], "utf8"));
  const annotations = deployment.spec.template.metadata.annotations ?? {};
  for (const [key, text] of Object.entries(added.podAnnotations)) assert.strictEqual(annotations[key], text, "a new password makes new pods");
  const migration = objects.find((object) => object.kind === "Job" && object.metadata.annotations?.["helm.sh/hook"]?.includes("pre-upgrade"));
  assert.strictEqual(migration.spec.activeDeadlineSeconds, added.migration.activeDeadlineSeconds, "the migration's end");
  assert.deepStrictEqual(Object.keys(added).sort(), ["migration", "podAnnotations"], "each value is looked for above");
}
