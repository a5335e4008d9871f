// Renders the chart with Helm 3 and 4.
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const yaml = require('yaml');

const chart = path.join(__dirname, '../../deploy/chart');
const helms = { 'helm 3': process.env.helm3, 'helm 4': process.env.helm4 };

function run(helm, ...args) {
  const { status, stdout, stderr } = spawnSync(helms[helm], args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return { ok: status === 0, text: `${stdout}${stderr}`, stdout };
}

const lint = (helm, ...args) => run(helm, 'lint', '--strict', chart, ...args);

/** @returns {ok, text, docs}: docs are the objects, of which no key may be there twice */
function template(helm, release, ...args) {
  const result = run(helm, 'template', release, chart, '--namespace', 'hooks', ...args);
  if (!result.ok) return result;
  const docs = yaml.parseAllDocuments(result.stdout, { uniqueKeys: true, version: '1.1' });
  const errors = docs.flatMap((doc) => doc.errors);
  if (errors.length) return { ok: false, text: `${errors[0]}` };
  return { ...result, docs: docs.map((doc) => doc.toJS()).filter(Boolean) };
}

module.exports = { chart, helms: Object.keys(helms), run, lint, template };
