// Rules and board, as far as it shows in their texts. Usage: node monitoring-texts.cjs REPOSITORY RULES TESTS, both as JSON
const fs = require('fs');
const [root, rulesFile, testsFile] = process.argv.slice(2);
const read = file => fs.readFileSync(file, 'utf8');
const faults = [];
const alerts = JSON.parse(read(rulesFile)).groups.flatMap(group => group.rules);
const tests = JSON.parse(read(testsFile)).tests.flatMap(test => test.promql_expr_test);
const headings = new Set(read(`${root}/docs/operations.md`).match(/^#+ .*/gm).map(line => line.replace(/^#+ /, '').toLowerCase()));

for (const alert of alerts) {
  const name = alert.alert;
  const own = tests.filter(test => test.expr.includes(`alertname="${name}",`));
  if (!own.some(test => test.exp_samples.length > 0)) faults.push(`${name}: no test in which it fires`);
  if (!own.some(test => test.exp_samples.length === 0)) faults.push(`${name}: no test in which it is quiet`);
  if (!['critical', 'warning', 'info'].includes(alert.labels.severity)) faults.push(`${name}: severity ${alert.labels.severity}`);
  const { summary, description, runbook_url: link } = alert.annotations;
  if (!summary || !description || description.length < 40) faults.push(`${name}: no summary, or no description that says what to do`);
  if (link !== `docs/operations.md#${name.toLowerCase()}` || !headings.has(name.toLowerCase())) faults.push(`${name}: no heading for ${link}`);
}

const board = JSON.parse(read(`${root}/deploy/chart/files/board.json`));
const panels = board.panels.filter(panel => panel.type !== 'row');
if (new Set(board.panels.map(panel => panel.id)).size < board.panels.length) faults.push('board: two panels have one id');
for (const panel of panels) {
  if (!panel.description) faults.push(`board: ${panel.title} has no description`);
  for (const other of panels) {
    const [a, b] = [panel.gridPos, other.gridPos];
    if (panel.id < other.id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h) {
      faults.push(`board: ${panel.title} and ${other.title} overlap`);
    }
  }
}
if (faults.length > 0 || alerts.length < 15 || panels.length < 20) {
  console.error([...faults, `${alerts.length} alerts, ${panels.length} panels`].join('\n'));
  process.exit(1);
}
