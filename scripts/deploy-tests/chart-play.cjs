// Splits what Helm rendered into files that podman 4.3 plays: it knows no jobs, so their pods are played as such; no probes without
// systemd; and no ports where the network is not its own. What the probes of the nodes ask goes into the file probes.
// Usage: node chart-play.cjs FOLDER, with its all.yaml
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const yaml = require('yaml');

const folder = process.argv[2];
const docs = yaml.parseAllDocuments(fs.readFileSync(path.join(folder, 'all.yaml'), 'utf8')).map((doc) => doc.toJS());
const find = (kind, name) => docs.find((doc) => doc.kind === kind && doc.metadata.name === name);
const release = 'broker-webhook-broker';

function played(spec) {
  for (const container of spec.containers) for (const key of ['startupProbe', 'livenessProbe', 'readinessProbe', 'ports']) delete container[key];
}
function pod(name, { metadata, spec }) {
  played(spec);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: metadata.labels }, spec };
}
const write = (name, ...all) => fs.writeFileSync(path.join(folder, `${name}.yaml`), all.map((doc) => yaml.stringify(doc, { aliasDuplicateObjects: false })).join('---\n'));

const node = find('Deployment', release);
const [broker] = node.spec.template.spec.containers;
const asked = [broker.startupProbe, broker.livenessProbe, broker.readinessProbe].map(({ httpGet: { scheme, port, path: asks } }) => {
  const { containerPort } = broker.ports.find((it) => it.name === port);
  return `${scheme.toLowerCase()}://127.0.0.1:${containerPort}${asks}\n`;
});
fs.writeFileSync(path.join(folder, 'probes'), asked.join(''));
played(node.spec.template.spec);
write('migrate', find('ConfigMap', `${release}-migrate`), pod(`${release}-migrate`, find('Job', `${release}-migrate`).spec.template));
write('node', find('ConfigMap', release), node);
write('test', pod(`${release}-test`, find('Pod', `${release}-test`)));
write('accounting', pod(`${release}-accounting`, find('CronJob', `${release}-accounting`).spec.jobTemplate.spec.template));
