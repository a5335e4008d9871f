// Values that must be refused with a sentence, by both Helms; and those that must arrive as they were written, whatever shells, YAML and
// templates think of them.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const yaml = require('yaml');
const { showsMark } = require('./chart-checks.cjs');
const { chart, helms, lint, run, template } = require('./chart-helm.cjs');

const base = ['--set', 'database.url=jdbc:mariadb://db/broker', '--set', 'database.existingSecret=secret'];
const set = (...pairs) => pairs.flatMap((pair) => ['--set', pair]);
const json = (...pairs) => pairs.flatMap((pair) => ['--set-json', pair]);

// By the schema, which lint knows too: the message names the value.
const mistyped = [
  [set('replicaCounts=2'), 'replicaCounts'],
  [set('database.urls=x'), 'urls'],
  [set('database.existingSecretKeys.pasword=x'), 'pasword'],
  [set('config.LOG_LEVELS=DEBUG'), 'LOG_LEVELS'],
  [set('config.log_level=DEBUG'), 'log_level'],
  [set('replicaCount=two'), 'replicaCount'],
  [set('replicaCount=-1'), 'replicaCount'],
  [set('database.poolSize=7'), 'poolSize'],
  [set('terminationGracePeriodSeconds=20'), 'terminationGracePeriodSeconds'],
  [set('image.tag=2'), 'tag'],
  [set('image.digest=0123'), 'digest'],
  [set('auth.mode=key'), 'mode'],
  [set('jvm.maxHeap=256'), 'maxHeap'],
  [set('jvm.extraOptions[0]=-a -b'), 'extraOptions'],
  [set('fullnameOverride=Broker'), 'fullnameOverride'],
  [set('fullnameOverride=a-name-that-is-longer-than-forty-one-letters'), 'fullnameOverride'],
  [set('nameOverride=b-c'), 'nameOverride'],
  [set('service.type=ExternalName'), 'type'],
  [set('ingress.hosts[0].hostname=x'), 'hostname'],
  [set('livenessProbe.tcpSocket.port=8080'), 'tcpSocket'],
  [set('metrics.serviceMonitor.interval=often'), 'interval'],
  [set('prune.remoteUrl=https://bucket'), 'remoteUrl'],
  [set('outboundTls[0].name=../x'), 'outboundTls'],
  [set('prune.nodeName=a/b'), 'nodeName'],
  [json('config={"MAX_RETRIES":{"a":1}}'), 'MAX_RETRIES'],
  [json('seed.producers=[{"id":"shop","tokn":"x"}]'), 'tokn'],
  [json('extraEnv=[{"nam":"x"}]'), 'nam'],
];

// By the templates, with a sentence that says what to do.
const refused = [
  [set('database.url='), 'database.url is needed, such as jdbc:mariadb://'],
  [set('database.url=jdbc:mysql://db/broker'), 'database.url must be jdbc:mariadb://host:3306/schema'],
  [set('database.url=jdbc:mariadb://db'), 'database.url must be jdbc:mariadb://host:3306/schema'],
  [set('database.url=jdbc:mariadb://db/broker?password=x'), 'set database.user and database.existingSecret'],
  [set('database.url=jdbc:mariadb://db/broker?a=b&trustStorePassword=x'), 'must have no user and no password'],
  [set('database.url=jdbc:mariadb://user:x@db/broker'), 'must have no user and no password'],
  [set('database.existingSecret='), 'the password of the database must come from exactly one place'],
  [set('database.password=x'), 'the password of the database must come from exactly one place'],
  [set('database.existingSecret=', 'database.password=x', 'database.existingSecretKeys.user=u'), 'a key of database.existingSecret, which is missing'],
  [set('config.DATABASE_PASSWORD=x'), 'config.DATABASE_PASSWORD: it is a secret, set database.existingSecret'],
  [set('config.DATABASE_URL=x'), 'config.DATABASE_URL: set database.url'],
  [set('config.SECRETS_KEY=x'), 'config.SECRETS_KEY: it is a secret, set secretsKey.existingSecret'],
  [set('config.GATEWAY_AUTH_SECRET=x'), 'config.GATEWAY_AUTH_SECRET: it is a secret, set gatewayAuth.existingSecret'],
  [set('config.SEED_PRODUCERS=x'), 'config.SEED_PRODUCERS: it holds tokens, set seed.producers or seed.existingSecret'],
  [set('config.HTTPS_PROXY=http://user:x@proxy:3128'), 'config.HTTPS_PROXY is a URL with a user or password, which is a secret'],
  [set('config.TLS_KEY=/x'), 'config.TLS_KEY: it is a secret, set tls.existingSecret'],
  [set('config.OUTBOUND_TLS=x'), 'config.OUTBOUND_TLS: set outboundTls'],
  [set('config.PORT=80'), 'set service.port'],
  [set('config.DATA_FOLDER=/x'), 'the image has no embedded database'],
  [set('config.RETENTION_EVERY=1h'), 'set prune.schedule'],
  [set('config.DATABASE_URL_FILE=/x'), 'config.DATABASE_URL_FILE: set database.url'],
  [set('config.AUTH_MODE_FILE=/x'), 'config.AUTH_MODE_FILE: set auth.mode'],
  [set('config.PORT_FILE=/x'), 'config.PORT_FILE: the pods'],
  [set('config.ADMIN_BIND_HOST=127.0.0.1'), 'config.ADMIN_BIND_HOST: nodes are reached by'],
  [set('config.BIND_HOST=127.0.0.1'), 'config.BIND_HOST: nodes are reached by'],
  [set('config.SECRETS_KEY_FILE=/x', 'secretsKey.existingSecret=x'), 'config.SECRETS_KEY_FILE: a Secret has it already'],
  [set('config.GATEWAY_AUTH_SECRET_FILE=/x', 'gatewayAuth.mode=hmac', 'gatewayAuth.existingSecret=x'), 'config.GATEWAY_AUTH_SECRET_FILE: a Secret has it already'],
  [[...set('config.SEED_CHANNELS_FILE=/x'), ...json('seed.channels=[{"id":"orders"}]')], 'config.SEED_CHANNELS_FILE: seed has it already'],
  [set('config.SECRETS_KEY_FILE=/x'), 'config.SECRETS_KEY_FILE names a file: set extraVolumes and extraVolumeMounts'],
  [set('config.DATABASE_PASSWORD_FILE=/x', 'database.existingSecret='), 'config.DATABASE_PASSWORD_FILE names a file: set migration.extraVolumes and migration.extraVolumeMounts'],
  [set('config.SECRETS_KEY_FILE=/x', 'prune.enabled=true', 'prune.messageDays=1', 'prune.remoteUrl=s3://b'), 'config.SECRETS_KEY_FILE names a file: set prune.extraVolumes and prune.extraVolumeMounts'],
  [json('extraEnv=[{"name":"DATABASE_PASSWORD","value":"x"}]'), 'extraEnv: DATABASE_PASSWORD is a secret in the open'],
  [json('prune.extraEnv=[{"name":"AWS_SECRET_ACCESS_KEY","value":"x"}]'), 'prune.extraEnv: AWS_SECRET_ACCESS_KEY is a secret in the open'],
  [json('migration.extraEnv=[{"name":"HTTP_PROXY","value":"http://u:p@x"}]'), 'migration.extraEnv: HTTP_PROXY is a secret in the open'],
  [set('replicaCount=9'), '9 nodes, with 1 more in a rollout, open up to 160 connections (database.poolSize 16 each), and database.maxConnections is 150: lower replicaCount'],
  [set('autoscaling.enabled=true', 'autoscaling.maxReplicas=50'), 'lower autoscaling.maxReplicas or database.poolSize'],
  [set('autoscaling.enabled=true', 'autoscaling.minReplicas=7'), 'autoscaling.minReplicas must be at most autoscaling.maxReplicas'],
  [set('replicaCount=8', 'strategy.rollingUpdate.maxSurge=25%'), '8 nodes, with 2 more in a rollout'],
  [set('strategy.rollingUpdate.maxSurge=0'), 'maxUnavailable or maxSurge must be above 0'],
  [set('strategy.rollingUpdate.maxSurge=0%'), 'maxUnavailable or maxSurge must be above 0'],
  [set('drainSeconds=40'), 'terminationGracePeriodSeconds must be at least 80: drainSeconds 40, SHUTDOWN_GRACE_PERIOD 15, twice STOP_TIMEOUT 10, and 5'],
  [set('config.STOP_TIMEOUT=1m'), 'terminationGracePeriodSeconds must be at least 150'],
  [set('config.SHUTDOWN_GRACE_PERIOD=35500ms'), 'SHUTDOWN_GRACE_PERIOD 36'],
  [set('jvm.maxHeap=1g'), 'resources.limits.memory must be at least 1474Mi'],
  [set('resources.limits.memory=700M'), 'resources.limits.memory must be at least 706Mi'],
  [set('migration.resources.limits.memory=511Mi'), 'migration.resources.limits.memory must be at least 512Mi: the heap of 256m'],
  [set('prune.resources.limits.memory=256Mi'), 'prune.resources.limits.memory must be at least 512Mi'],
  [json('prune.extraEnv=[{"name":"JAVA_HEAP","value":"1g"}]'), 'prune.resources.limits.memory must be at least 1280Mi: the heap of 1g'],
  [set('gatewayAuth.mode=hmac'), 'gatewayAuth.mode hmac needs gatewayAuth.existingSecret'],
  [[...set('seed.existingSecret=x'), ...json('seed.channels=[{"id":"orders"}]')], 'seed.existingSecret takes the place of seed.producers'],
  [set('seed.existingSecret=x'), 'seed.existingSecret and seed.existingSecretKeys are needed together'],
  [set('tls.adminPort=true'), 'tls.adminPort needs tls.existingSecret'],
  [set('tls.existingSecret=x', 'tls.clientAuth=need'), 'tls.clientAuth needs tls.existingSecret and tls.clientAuthoritiesSecret'],
  [set('tls.existingSecret=x', 'tls.adminPort=true', 'metrics.serviceMonitor.enabled=true'), 'set metrics.serviceMonitor.tlsConfig'],
  [json('outboundTls=[{"name":"a","authoritiesConfigMap":"x","authoritiesSecret":"y"}]'), 'outboundTls a: give authoritiesConfigMap or authoritiesSecret'],
  [set('networkPolicy.enabled=true', 'metrics.serviceMonitor.enabled=true'), 'networkPolicy.adminFrom must let Prometheus in'],
  [set('ingress.enabled=true'), 'ingress.hosts is needed'],
  [set('httpRoute.enabled=true'), 'httpRoute.parentRefs is needed'],
  [json('config={"AUTH_ADMIN_FREE":["/healthcheck","/ping"]}'), 'config.AUTH_ADMIN_FREE must have /ready'],
  [set('auth.mode=keys', 'accounting.enabled=true'), 'accounting needs a key of the role operate'],
  [set('auth.mode=keys', 'metrics.serviceMonitor.enabled=true'), 'Prometheus needs a key of the role read'],
  [set('prune.enabled=true', 'prune.remoteUrl=s3://b'), 'prune.messageDays is needed'],
  [set('prune.enabled=true', 'prune.messageDays=1'), 'prune needs a place for the archives'],
  [set('prune.enabled=true', 'prune.messageDays=1', 'prune.localPath=/a'), 'prune.localPath needs prune.existingClaim'],
  [set('prune.enabled=true', 'prune.messageDays=1', 'prune.remoteUrl=s3://b', 'prune.existingClaim=x'), 'prune.existingClaim needs prune.localPath'],
  [set('prune.remoteUrl=s3://key:x@bucket'), 'prune.remoteUrl must have no user and no password'],
];

// What is allowed although it looks like one of those above.
const allowed = [
  set('global.anything.of=others'),
  set('global=null'),
  [...set('config.DATABASE_PASSWORD_FILE=/mnt/password', 'database.existingSecret='), ...json(...['', 'migration.'].map((it) => it + 'extraVolumeMounts=[{"name":"x","mountPath":"/mnt"}]'))],
  [...set('config.DATABASE_PASSWORD_FILE=/mnt/password', 'database.existingSecret='), ...json(...['podAnnotations', 'jobs.podAnnotations'].map((it) => it + '={"inject":"true"}'))],
  set('config.HTTPS_PROXY=http://proxy:3128'),
  set('auth.mode=keys', 'config.AUTH_ADMIN=false', 'accounting.enabled=true', 'metrics.serviceMonitor.enabled=true'),
  set('replicaCount=8'),
  set('replicaCount=9', 'strategy.type=Recreate'),
  set('replicaCount=9', 'strategy.type=Recreate', 'strategy.rollingUpdate=null'),
  set('strategy.rollingUpdate.maxSurge=0', 'strategy.rollingUpdate.maxUnavailable=1'),
  set('replicaCount=0'),
  set('podSecurityContext.runAsUser=null'),
  set('resources.limits=null'),
  [...set('migration.resources.limits.memory=320Mi'), ...json('migration.extraEnv=[{"name":"JAVA_HEAP","value":"64m"}]')],
  json('resources={}'),
  json('migration.extraEnv=[{"name":"DATABASE_PASSWORD","valueFrom":{"secretKeyRef":{"name":"a","key":"b"}}}]'),
];

// A flag, what follows it, and the text that the broker is to read.
const exact = [
  ['--set', 'config.LOG_LEVEL=true', 'true'],
  ['--set', 'config.MAX_RETRIES=0', '0'],
  ['--set', 'config.INTAKE_MAX_PAYLOAD=16777215', '16777215'],
  ['--set', 'config.RETRY_JITTER=0.05', '0.05'],
  ['--set-string', 'config.MAX_RETRIES=007', '007'],
  ['--set', 'config.USER_AGENT="a" \'b\' ${C} $(D) $$ {{ .E }} #f', '"a" \'b\' ${C} $(D) $$ {{ .E }} #f'],
  ['--set', 'config.USER_AGENT=a\\,b', 'a,b'],
  ['--set', 'config.RETRY_DELAYS={5s,1m}', '["5s","1m"]'],
  ['--set-string', 'config.USER_AGENT=  two  ', '  two  '],
  ['--set-json', 'config.USER_AGENT="line\\nbreak\\tü\\\\"', 'line\nbreak\tü\\'],
  ['--set-json', 'config.AUDIT_MAX_ENTRIES=10000000', '10000000'],
  ['--set-literal', 'config.USER_AGENT=a,b=c{d}', 'a,b=c{d}'],
];

const wrong = [];
const expect = (it, text) => it || wrong.push(text);
for (const helm of helms) {
  expect(lint(helm, ...base).ok, `${helm} lint of no values of one's own`);
  for (const [args, named] of mistyped) {
    for (const { ok, text } of [lint(helm, ...base, ...args), template(helm, 'x', ...base, ...args)]) {
      expect(!ok && text.includes(named), `${helm} takes ${args.join(' ')}, or does not name ${named}: ${text.slice(0, 300)}`);
    }
  }
  for (const [args, sentence] of refused) {
    const { ok, text } = template(helm, 'x', ...base, ...args);
    expect(!ok && text.includes(sentence), `${helm} takes ${args.join(' ')}, or does not say "${sentence}": ${text.slice(0, 400)}`);
  }
  for (const args of allowed) {
    const { ok, text } = template(helm, 'x', ...base, ...args);
    expect(ok, `${helm} refuses ${args.join(' ')}: ${text}`);
  }
  for (const [flag, pair, text] of exact) {
    const result = template(helm, 'x', ...base, flag, pair);
    const map = result.docs?.find((doc) => doc.kind === 'ConfigMap' && doc.metadata.name === 'x-webhook-broker');
    const key = pair.slice('config.'.length, pair.indexOf('='));
    expect(map?.data[key] === text, `${helm} ${flag} ${pair}: ${JSON.stringify(map?.data[key])} in place of ${JSON.stringify(text)} ${result.ok ? '' : result.text}`);
  }
  const annotations = (...args) => template(helm, 'x', ...base, ...args).docs.find((doc) => doc.kind === 'Deployment').spec.template.metadata.annotations;
  const [before, after] = [annotations(), annotations('--set', 'config.LOG_LEVEL=DEBUG')];
  expect(before['checksum/config'] !== after['checksum/config'], `${helm}: a change of config restarts nothing`);
  const password = (text) => annotations('--set', 'database.existingSecret=', '--set', `database.password=${text}`)['checksum/secret'];
  expect(password('a') !== password('b'), `${helm}: a change of the password restarts nothing`);
}

// As a part of another chart, which switches it on and off.
const parent = path.join(process.env.CHART_WORK, 'parent');
fs.rmSync(parent, { recursive: true, force: true });
fs.cpSync(chart, path.join(parent, 'charts/webhook-broker'), { recursive: true });
const dependency = { name: 'webhook-broker', version: yaml.parse(fs.readFileSync(path.join(chart, 'Chart.yaml'), 'utf8')).version, condition: 'webhook-broker.enabled' };
fs.writeFileSync(path.join(parent, 'Chart.yaml'), yaml.stringify({ apiVersion: 'v2', name: 'parent', version: '1.0.0', dependencies: [dependency] }));
for (const helm of helms) {
  for (const enabled of [true, false]) {
    const part = ['--set', `webhook-broker.enabled=${enabled},webhook-broker.database.url=jdbc:mariadb://db/broker,webhook-broker.database.existingSecret=secret`];
    const { ok, text } = run(helm, 'template', 'x', parent, ...part);
    expect(ok && text.includes('kind: Deployment') === enabled, `${helm}: a chart that has this one as a part cannot say webhook-broker.enabled=${enabled}: ${text.slice(0, 300)}`);
  }
}

// NOTES, which Helm 3 renders with a cluster only.
const notes = (...args) => run('helm 4', 'install', 'x', chart, '--dry-run=client', ...args).text.split('\nNOTES:\n')[1] ?? '';
const trial = notes('-f', path.join(chart, 'ci/trial.yaml'));
expect(trial.includes('database.password is in the values'), `NOTES say nothing of the password in the values: ${trial}`);
expect(!showsMark(trial), `NOTES show a secret of the values: ${trial}`);
expect(notes(...base).includes('--rollback-on-failure'), 'NOTES say nothing of upgrades that fail');
expect(notes(...base, '--set', 'auth.mode=keys').includes('keys add config.yml'), 'NOTES do not say how to make the first key');

// What README.md makes of the hooks to release a lock.
const command = fs.readFileSync(path.join(chart, 'README.md'), 'utf8').match(/sed 's\/([^/]*)\/([^/]*)\/'/);
const changed = template('helm 4', 'x', ...base).stdout.replaceAll(command[1], command[2]);
expect(changed.match(/args: .*db.*/g).join() === 'args: [db, locks, --force-release, config.yml]', 'the command of README.md that releases a lock finds no migration');

// Older clusters know no unhealthyPodEvictionPolicy.
for (const helm of helms) {
  for (const [version, policy] of [['1.26.9', undefined], ['1.27.0', 'AlwaysAllow'], ['v1.31.2-eks-1234', 'AlwaysAllow']]) {
    const budget = template(helm, 'x', ...base, '--kube-version', version).docs.find((doc) => doc.kind === 'PodDisruptionBudget');
    expect(budget.spec.unhealthyPodEvictionPolicy === policy, `${helm}, Kubernetes ${version}: unhealthyPodEvictionPolicy is ${budget.spec.unhealthyPodEvictionPolicy}`);
  }
}

// The schema has the variables of config.yml, and refuses whatever else it does not know.
const schema = JSON.parse(fs.readFileSync(path.join(chart, 'values.schema.json'), 'utf8'));
const names = [...fs.readFileSync(path.join(chart, '../../config.yml'), 'utf8').matchAll(/\$\{([A-Z][A-Z0-9_]*)/g)].map((match) => match[1]);
const known = Object.keys(schema.properties.config.patternProperties)[0].replace(/^\^\(|\)\(_FILE\)\?\$$/g, '').split('|');
expect(known.join() === [...new Set(names)].sort().join(), `values.schema.json, config: it must have the variables of config.yml, ${[...new Set(names)].sort().join('|')}`);
(function closed(where, it) {
  const isMap = it.additionalProperties && it.additionalProperties.type === 'string';
  if (it.type === 'object' && !isMap) expect(it.additionalProperties === false, `values.schema.json, ${where}: additionalProperties must be false`);
  for (const [key, value] of Object.entries(it.properties ?? {})) if (key !== 'global') closed(`${where}.${key}`, value);
  if (it.items) closed(`${where}[]`, it.items);
})('values', schema);
const values = yaml.parse(fs.readFileSync(path.join(chart, 'values.yaml'), 'utf8'));
(function same(where, it, given) {
  if (!it.properties || where === 'values.config') return;
  const isRead = (key) => where !== 'values' || key !== 'enabled';
  const missing = Object.keys(it.properties).filter((key) => given && !(key in given) && isRead(key) && !where.endsWith('Probe') && !/resources|rollingUpdate|behavior/.test(where));
  expect(!missing.length, `values.yaml has no ${where} ${missing}, which the schema has`);
  for (const [key, value] of Object.entries(it.properties)) same(`${where}.${key}`, value, given?.[key]);
})('values', schema, values);
const version = yaml.parse(fs.readFileSync(path.join(chart, 'Chart.yaml'), 'utf8'));
const pom = fs.readFileSync(path.join(chart, '../../pom.xml'), 'utf8').match(/<version>([^<]+)<\/version>/)[1];
expect(version.version === pom && version.appVersion === pom, `Chart.yaml: version and appVersion must be ${pom}, as in pom.xml`);

if (wrong.length) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
console.log(`${mistyped.length + refused.length} bad values refused, ${allowed.length + exact.length} others taken as they are`);
