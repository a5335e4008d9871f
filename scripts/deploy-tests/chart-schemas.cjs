// Checks documents by the types of Kubernetes. Two validators, since each misses what the other finds: Kubernetes' client for Java knows
// which fields there are, and kubernetes-models which types they have and which are missing. The kinds of others have schemas here.
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const Ajv = require('ajv').default;

const object = (properties, required = []) => ({ type: 'object', additionalProperties: false, properties, required });
const list = (items) => ({ type: 'array', items, minItems: 1 });
const text = { type: 'string', minLength: 1 };
const texts = { type: 'object', additionalProperties: { type: 'string' } };
const duration = { type: 'string', pattern: '^[0-9]+(ms|s|m|h)$' };
const metadata = object({ name: text, labels: texts, annotations: texts }, ['name']);
const custom = (spec) => new Ajv({ allowUnionTypes: true }).compile(object({ apiVersion: text, kind: text, metadata, spec }, ['apiVersion', 'kind', 'metadata', 'spec']));

// Of the operator's and the gateways' types, the part that the chart uses.
const others = {
  'monitoring.coreos.com/v1 ServiceMonitor': custom(
    object(
      {
        selector: object({ matchLabels: texts }, ['matchLabels']),
        namespaceSelector: object({ matchNames: list(text) }),
        endpoints: list(
          object(
            {
              port: text,
              path: text,
              scheme: { enum: ['http', 'https'] },
              interval: duration,
              scrapeTimeout: duration,
              authorization: object({ type: text, credentials: object({ name: text, key: text }, ['name', 'key']) }),
              tlsConfig: { type: 'object' },
              relabelings: list(object({ targetLabel: text, replacement: text, sourceLabels: list(text), action: text })),
            },
            ['port'],
          ),
        ),
      },
      ['selector', 'endpoints'],
    ),
  ),
  'monitoring.coreos.com/v1 PrometheusRule': custom(
    object(
      {
        groups: list(
          object(
            {
              name: text,
              interval: duration,
              rules: list(object({ alert: text, record: text, expr: { type: ['string', 'integer'] }, for: duration, labels: texts, annotations: texts }, ['expr'])),
            },
            ['name', 'rules'],
          ),
        ),
      },
      ['groups'],
    ),
  ),
  'gateway.networking.k8s.io/v1 HTTPRoute': custom(
    object(
      {
        parentRefs: list(object({ name: text, namespace: text, sectionName: text, port: { type: 'integer' } }, ['name'])),
        hostnames: list(text),
        rules: list(
          object(
            {
              matches: list(object({ path: object({ type: { enum: ['PathPrefix', 'Exact'] }, value: { type: 'string', pattern: '^/' } }, ['type', 'value']) })),
              backendRefs: list(object({ name: text, port: { type: 'integer', minimum: 1 } }, ['name', 'port'])),
            },
            ['backendRefs'],
          ),
        ),
      },
      ['parentRefs', 'rules'],
    ),
  ),
};

const kindOf = (doc) => `${doc.apiVersion} ${doc.kind}`;
const sentence = (errors) => (errors ?? []).map((error) => `${error.instancePath} ${error.message}`).join('; ');

/** By the types of kubernetes-models, or by a schema of ours: what is wrong with one document, or "". */
async function typesOf(doc) {
  const own = others[kindOf(doc)];
  if (own) return own(doc) ? '' : sentence(own.errors);
  const models = path.join(process.env.NODE_PATH, 'kubernetes-models', doc.apiVersion, `${doc.kind}.js`);
  const { [doc.kind]: Model } = await import(pathToFileURL(models));
  try {
    new Model(doc).validate();
    return '';
  } catch (wrong) {
    return wrong.message;
  }
}

/** By Kubernetes' client for Java: what is wrong with each, or "". One JVM for all, as it takes seconds to start. */
function fieldsOf(docs) {
  const known = docs.filter((doc) => !others[kindOf(doc)]);
  const run = spawnSync('java', ['-XX:TieredStopAtLevel=1', '-cp', process.env.CLASSPATH, path.join(__dirname, 'ChartFields.java')], {
    input: JSON.stringify(known),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(`ChartFields.java: ${run.stderr}`);
  const answers = JSON.parse(run.stdout);
  return docs.map((doc) => (known.includes(doc) ? answers[known.indexOf(doc)] : ''));
}

module.exports = { typesOf, fieldsOf };
