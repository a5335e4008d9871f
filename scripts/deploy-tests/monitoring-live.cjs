// Asks a live Prometheus, which scrapes a real broker, what rules and board would show. Usage: node monitoring-live.cjs REPOSITORY RULES METRICS PROMETHEUS
const fs = require('fs');
const [root, rulesFile, metricsUrl, prometheus] = process.argv.slice(2);

// What this broker cannot have, with the reason. Whatever is here and there nevertheless is a fault of this list.
const bornLater = {
  webhook_broker_tls_certificate_expiry_seconds: 'only with TLS',
  webhook_broker_tls_files_unusable: 'only with TLS',
};
const emptyPanels = {};

const board = JSON.parse(fs.readFileSync(`${root}/deploy/chart/files/board.json`, 'utf8'));
const rules = JSON.parse(fs.readFileSync(rulesFile, 'utf8')).groups.flatMap(group => group.rules);
const targets = board.panels.flatMap(panel => (panel.targets ?? []).map(target => ({ where: `panel ${panel.title}`, expr: target.expr })));
const expressions = [...targets, ...rules.map(rule => ({ where: rule.alert, expr: rule.expr }))];
const words = new Set(['and', 'by', 'on', 'or', 'unless', 'offset', 'bool', 'group_left']);
const faults = [];

/** Names of metrics in an expression. Each has the job's label behind it, so that no other program's metrics are meant. */
function names({ where, expr }) {
  const selectors = [...expr.matchAll(/([a-zA-Z_]\w*)\{([^}]*)\}/g)];
  for (const [, name, labels] of selectors) {
    if (!labels.startsWith('job="webhook-broker"')) faults.push(`${where}: ${name} is not restricted to the job`);
  }
  const rest = expr.replace(/[a-zA-Z_]\w*\{[^}]*\}/g, '').replace(/\b(by|on|group_left)\s*\([^)]*\)/g, '').replace(/\[[^\]]*\]|offset \w+/g, '');
  for (const [, word, call] of rest.matchAll(/\b([a-zA-Z_]\w*)\s*(\(?)/g)) {
    if (!call && !words.has(word)) faults.push(`${where}: ${word} is not restricted to the job`);
  }
  return selectors.map(([, name]) => name);
}

async function query(expr) {
  const filled = expr.replaceAll('$__rate_interval', '20s').replaceAll('$namespace', '.*');
  const answer = await (await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(filled)}`)).json();
  if (answer.status !== 'success') throw new Error(`${expr}: ${answer.error}`);
  return answer.data.result;
}

(async () => {
  const scrape = await (await fetch(metricsUrl)).text();
  const there = new Set(scrape.split('\n').filter(line => line && !line.startsWith('#')).map(line => line.match(/^\w+/)[0]));
  there.add('up');
  for (const [name, reason] of Object.entries(bornLater)) {
    if (there.has(name)) faults.push(`${name} is there, although it is listed as missing: ${reason}`);
  }
  for (const each of expressions) {
    for (const name of names(each)) if (!there.has(name) && !bornLater[name]) faults.push(`${each.where}: no scrape has ${name}`);
  }
  for (const { where, expr } of targets) {
    const isEmpty = (await query(expr)).length === 0;
    if (isEmpty && !emptyPanels[expr]) faults.push(`${where} shows nothing: ${expr}`);
    if (!isEmpty && emptyPanels[expr]) faults.push(`${where} shows something, although it is listed as empty`);
  }
  const state = await (await fetch(`${prometheus}/api/v1/rules`)).json();
  const loaded = state.data.groups.flatMap(group => group.rules);
  for (const rule of loaded) if (rule.health !== 'ok') faults.push(`${rule.name}: ${rule.health} ${rule.lastError}`);
  if (loaded.length !== rules.length) faults.push(`${loaded.length} rules of ${rules.length} are loaded`);
  // Whatever else fires on a broker that is well but for one consumer is a false alarm.
  const firing = loaded.filter(rule => rule.state === 'firing').map(rule => rule.name);
  if (firing.join() !== 'WebhookBrokerDeadLettersGrow') faults.push(`these fire: ${firing}`);
  const [alert] = loaded.flatMap(rule => rule.alerts ?? []);
  if (!alert?.annotations.description.includes('The consumer is billing.')) faults.push(`the description does not name the consumer: ${alert?.annotations.description}`);
  if (faults.length > 0) {
    console.error([...new Set(faults)].join('\n'));
    process.exit(1);
  }
  console.log(`${there.size} metrics, ${targets.length} expressions of panels, ${loaded.length} rules`);
})();
