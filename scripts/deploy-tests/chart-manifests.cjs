// Each file of deploy/chart/ci through lint and template of both Helms, both validators, the checks and the goldens; then each broken
// manifest, which they must notice. Usage: node chart-manifests.cjs [--write], which writes the goldens anew
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const yaml = require('yaml');
const { chart, helms, lint, template } = require('./chart-helm.cjs');
const { checks, releasesAreApart } = require('./chart-checks.cjs');
const { typesOf, fieldsOf } = require('./chart-schemas.cjs');
const broken = require('./chart-broken.cjs');

const write = process.argv.includes('--write');
const config = fs.readFileSync(path.join(chart, '../../config.yml'), 'utf8');
const goldens = path.join(chart, 'tests/golden');
const releases = { 'long-names': 'a-release-whose-name-is-as-long-as-helm-lets-it-be-53', words: '7e12' };
const namespaces = { words: '77' };
// The same beginning, one inside the other, numbers and words of YAML, and a dot: names that careless charts make equal, or that nothing may have.
const pairs = [
  ['broker', 'other'],
  ['webhook-broker', 'x-webhook-broker'],
  ['x', 'x-webhook-broker'],
  ['a-b', 'a.b'],
  ['1', 'b-1'],
  ['0012345', 'true'],
  ['a-release-whose-name-is-as-long-as-helm-lets-it-be-53', 'a-release-whose-name-is-as-long-as-helm-lets-it-be-54'],
];

const wrong = [];
const say = (where, problems) => problems.filter(Boolean).forEach((problem) => wrong.push(`${where}: ${problem}`));

/** As it is kept: sorted, without what each version changes, and without what has a file of its own. */
function golden(docs) {
  const version = yaml.parse(fs.readFileSync(path.join(chart, 'Chart.yaml'), 'utf8')).version;
  const kept = structuredClone(docs);
  for (const doc of kept) {
    if (doc.kind === 'PrometheusRule') doc.spec.groups = 'files/rules.yml';
    if (doc.data?.['webhook-broker.json']) doc.data['webhook-broker.json'] = 'files/board.json';
  }
  const by = (doc) => `${doc.kind} ${doc.metadata.name}`;
  kept.sort((a, b) => (by(a) < by(b) ? -1 : 1));
  return kept
    .map((doc) => yaml.stringify(doc, { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0 }).replaceAll(version, 'VERSION'))
    .join('---\n');
}

function context(docs, values) {
  const service = docs.find((doc) => doc.kind === 'Service' && !doc.metadata.name.endsWith('-admin'));
  return { config, fullname: service.metadata.name, maxConnections: values.database.maxConnections ?? 150, values };
}

async function main() {
  const all = [];
  const files = fs.readdirSync(path.join(chart, 'ci')).sort();
  if (files.length < 12) wrong.push('deploy/chart/ci has fewer than 12 files');
  const rendered = {};
  const used = new Set();
  for (const file of files) {
    const values = path.join(chart, 'ci', file);
    const base = path.basename(file, '.yaml');
    for (const helm of helms) {
      const linted = lint(helm, '-f', values);
      if (!linted.ok) say(`${file}, ${helm} lint --strict`, [linted.text]);
      const result = template(helm, releases[base] ?? 'broker', '-f', values, '--namespace', namespaces[base] ?? 'hooks');
      if (!result.ok) {
        say(`${file}, ${helm} template`, [result.text]);
        continue;
      }
      const { docs } = result;
      [...result.stdout.matchAll(/^# Source: [^/]*\/(.*)$/gm)].forEach((match) => used.add(match[1]));
      const kept = path.join(goldens, file);
      if (write) {
        fs.mkdirSync(goldens, { recursive: true });
        fs.writeFileSync(kept, golden(docs));
      } else if (!fs.existsSync(kept) || fs.readFileSync(kept, 'utf8') !== golden(docs)) {
        fs.writeFileSync(path.join(process.env.CHART_WORK, file), golden(docs));
        say(file, [`${helm} makes something else than tests/golden: compare ${process.env.CHART_WORK}/${file}, and if it is right run scripts/deploy-tests/chart --write`]);
      }
      rendered[base] = { docs, context: context(docs, yaml.parse(fs.readFileSync(values, 'utf8'), { merge: true })) };
      all.push(...docs.map((doc) => [`${file}, ${helm}`, doc]));
    }
  }
  const templates = fs.readdirSync(path.join(chart, 'templates'), { recursive: true }).filter((file) => file.endsWith('.yaml'));
  say('templates', templates.filter((file) => !used.has(`templates/${file}`)).map((file) => `${file} makes nothing in any file of ci`));
  for (const file of fs.existsSync(goldens) ? fs.readdirSync(goldens) : []) if (!files.includes(file)) say(file, ['a golden of no values']);

  for (const [base, { docs, context }] of Object.entries(rendered)) {
    for (const check of Object.values(checks)) say(`${base}.yaml, ${check.name}`, check(docs, context));
  }

  const apart = {};
  for (const pair of pairs) {
    const both = pair.map((release) => {
      const { ok, text, docs } = template('helm 4', release, '-f', path.join(chart, 'ci/everything.yaml'));
      if (!ok) throw new Error(`release ${release}: ${text}`);
      return docs;
    });
    say(`releases ${pair.join(' and ')}`, [...releasesAreApart(...both), ...releasesAreApart(both[1], both[0])]);
    both.forEach((docs, index) => {
      say(`release ${pair[index]}`, checks.namesAreValid(docs));
      all.push(...docs.map((doc) => [`release ${pair[index]}`, doc]));
    });
    apart.both ??= both;
  }

  const fields = fieldsOf(all.map(([, doc]) => doc).concat(broken.forFields(rendered).map(({ docs }) => docs[0])));
  for (const [index, [where, doc]] of all.entries()) {
    say(`${where}, ${doc.kind} ${doc.metadata.name}`, [await typesOf(doc), fields[index]]);
  }

  for (const [base, { docs }] of Object.entries(rendered)) {
    for (const rule of docs.filter((doc) => doc.kind === 'PrometheusRule')) {
      const file = path.join(process.env.CHART_WORK, `${base}-rules.yml`);
      fs.writeFileSync(file, yaml.stringify(rule.spec));
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
      if (status !== 0) say(`${base}.yaml, promtool`, [`${stdout}${stderr}`]);
    }
  }

  say('broken manifests', await broken.unnoticed(rendered, apart.both, fields.slice(all.length)));

  if (wrong.length) {
    console.error(wrong.join('\n'));
    process.exit(1);
  }
  console.log(`${files.length} files of values with both Helms: ${all.length} objects, ${Object.keys(checks).length} checks; ${broken.count} broken manifests noticed`);
}

main();
