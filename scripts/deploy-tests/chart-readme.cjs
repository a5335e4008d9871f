// The table of the chart's README.md is made from the comments of values.yaml. Usage: node chart-readme.cjs [--write]
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const yaml = require('yaml');

const chart = path.join(__dirname, '../../deploy/chart');
const begin = '<!-- values.yaml, by scripts/deploy-tests/chart --write -->\n';
const end = '<!-- end -->\n';

const rows = [];
const bare = [];
/** A row for each comment; what has none must be within something that has one, or hold what has. */
function walk(map, prefix, isCovered) {
  for (const [index, { key, value }] of map.items.entries()) {
    const name = prefix + key.value;
    // The parser gives what stands before the first key to the whole map.
    const comment = (key.commentBefore ?? (index === 0 ? map.commentBefore : '') ?? '').split('\n\n').pop().replace(/^ /gm, '').replaceAll('\n', ' ').trim();
    const holdsMore = yaml.isMap(value) && (value.commentBefore || value.items.some((item) => item.key.commentBefore));
    if (comment) rows.push(`| \`${name}\` | ${holdsMore ? '' : `\`${JSON.stringify(value.toJSON())}\``} | ${comment.replaceAll('|', '\\|')} |`);
    if (yaml.isMap(value) && (holdsMore || (!comment && value.items.length))) walk(value, `${name}.`, isCovered || comment !== '');
    else if (!comment && !isCovered) bare.push(name);
  }
}

const document = yaml.parseDocument(fs.readFileSync(path.join(chart, 'values.yaml'), 'utf8'));
walk(document.contents, '', false);

const file = path.join(chart, 'README.md');
const text = fs.readFileSync(file, 'utf8');
const [before, rest] = text.split(begin);
const after = rest?.split(end)[1];
if (after === undefined) throw new Error('README.md of the chart has no place for the table');
const table = ['| value | default | |', '| --- | --- | --- |', ...rows, ''].join('\n');
const wanted = `${before}${begin}${table}${end}${after}`;
if (bare.length) {
  console.error(`values.yaml: no comment says what ${bare.join(', ')} is`);
  process.exit(1);
}
if (process.argv.includes('--write')) fs.writeFileSync(file, wanted);
else if (wanted !== text) {
  console.error('README.md of the chart is older than values.yaml: run scripts/deploy-tests/chart --write');
  process.exit(1);
}
console.log(`README.md of the chart has the ${rows.length} rows of values.yaml`);
