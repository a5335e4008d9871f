// Manifests with the faults that charts are known for. Each must be noticed, by the check that is there for it: otherwise the checks are none.
'use strict';

const { checks, releasesAreApart, podsOf } = require('./chart-checks.cjs');
const { typesOf } = require('./chart-schemas.cjs');

const of = (docs, kind, ending = '') => docs.find((doc) => doc.kind === kind && doc.metadata.name.endsWith(ending));
const podOf = (docs, kind, ending) => podsOf([of(docs, kind, ending)])[0];
const broker = (docs) => of(docs, 'Deployment').spec.template.spec;
const main = (docs) => of(docs, 'ConfigMap', 'webhook-broker');

// What, in which file of ci, by which check, and how.
const faults = [
  ['a field that does not exist', 'minimal', 'fields', (docs) => [rename(of(docs, 'Service').spec, 'selector', 'selektor') ?? of(docs, 'Service')]],
  ['a field that does not exist, deep inside', 'minimal', 'fields', (docs) => [rename(broker(docs).containers[0].ports[0], 'containerPort', 'containerProt') ?? of(docs, 'Deployment')]],
  ['a text in place of a number', 'minimal', 'types', (docs) => ((of(docs, 'Deployment').spec.replicas = 'one'), [of(docs, 'Deployment')])],
  ['something is missing', 'minimal', 'types', (docs) => (delete of(docs, 'Deployment').spec.selector, [of(docs, 'Deployment')])],
  ['a number in a ConfigMap', 'minimal', 'types', (docs) => ((main(docs).data.MAX_RETRIES = 3), [main(docs)])],
  ['a ServiceMonitor of no Service', 'everything', 'types', (docs) => (rename(of(docs, 'ServiceMonitor').spec, 'selector', 'selektor'), [of(docs, 'ServiceMonitor')])],
  ['a rule without an expression', 'everything', 'types', (docs) => (delete of(docs, 'PrometheusRule').spec.groups[0].rules[0].expr, [of(docs, 'PrometheusRule')])],
  ['a route to no port', 'everything', 'types', (docs) => (delete of(docs, 'HTTPRoute').spec.rules[0].backendRefs[0].port, [of(docs, 'HTTPRoute')])],
  ['a password in a ConfigMap', 'minimal', 'noSecretInTheOpen', (docs) => (main(docs).data.DATABASE_PASSWORD = 'x')],
  ['a password in the open', 'minimal', 'noSecretInTheOpen', (docs) => (broker(docs).containers[0].env[0] = { name: 'DATABASE_PASSWORD', value: 'x' })],
  ['a password in a URL', 'minimal', 'noSecretInTheOpen', (docs) => (main(docs).data.HTTPS_PROXY = 'http://u:p@proxy')],
  ['tokens in a ConfigMap', 'minimal', 'noSecretInTheOpen', (docs) => (main(docs).data.SEED_PRODUCERS = '[]')],
  ['a secret of the values in an annotation', 'trial', 'noSecretInTheOpen', (docs) => (of(docs, 'Deployment').metadata.annotations = { note: 'canary-shop' })],
  ['a secret of the values in an annotation, encoded', 'trial', 'noSecretInTheOpen', (docs) => (of(docs, 'Deployment').metadata.annotations = { note: btoa('canary-shop') })],
  ['a secret of the values, encoded with what is before it', 'trial', 'noSecretInTheOpen', (docs) => (of(docs, 'Deployment').metadata.annotations = { note: btoa('it: canary-shop') })],
  ['prune pods with the labels of nodes', 'everything', 'selectorsMatchNodesAlone', (docs) => (podOf(docs, 'CronJob', '-prune').doc.spec.jobTemplate.spec.template.metadata.labels = podOf(docs, 'Deployment').labels)],
  ['a selector without a component', 'everything', 'selectorsMatchNodesAlone', (docs) => delete of(docs, 'Service').spec.selector['app.kubernetes.io/component']],
  ['a budget of other pods', 'everything', 'selectorsMatchNodesAlone', (docs) => (of(docs, 'PodDisruptionBudget').spec.selector.matchLabels.app = 'x')],
  ['a variable that nobody reads', 'minimal', 'variablesExist', (docs) => (main(docs).data.DATABASE_HOST = 'db')],
  ['a hook that needs the ConfigMap of the release', 'minimal', 'hooksNeedNothingLater', (docs) => (podOf(docs, 'Job').spec.containers[0].envFrom[0].configMapRef.name = main(docs).metadata.name)],
  ['a hook that needs the Secret of the release', 'trial', 'hooksNeedNothingLater', (docs) => (podOf(docs, 'Job').spec.containers[0].env[0].valueFrom.secretKeyRef.name = of(docs, 'Secret', 'webhook-broker').metadata.name)],
  ['a hook that needs the account of the release', 'minimal', 'hooksNeedNothingLater', (docs) => (podOf(docs, 'Job').spec.serviceAccountName = of(docs, 'ServiceAccount').metadata.name)],
  ['a hook whose needs have no lower weight', 'minimal', 'hooksNeedNothingLater', (docs) => (of(docs, 'Job').metadata.annotations['helm.sh/hook-weight'] = '-5')],
  ['a hook whose needs are there at the install only', 'minimal', 'hooksNeedNothingLater', (docs) => (of(docs, 'ConfigMap', '-migrate').metadata.annotations['helm.sh/hook'] = 'pre-install')],
  ['a hook that loses what it needs', 'trial', 'hooksNeedNothingLater', (docs) => (of(docs, 'Secret', '-migrate').metadata.annotations['helm.sh/hook-delete-policy'] += ',hook-succeeded')],
  ['nodes that need what a hook deletes', 'minimal', 'hooksNeedNothingLater', (docs) => (broker(docs).containers[0].envFrom[0].configMapRef.name += '-migrate')],
  ['a hook that cannot run twice', 'minimal', 'hooksNeedNothingLater', (docs) => (of(docs, 'Job').metadata.annotations['helm.sh/hook-delete-policy'] = 'hook-succeeded')],
  ['a migration after the nodes', 'minimal', 'migrationIsAHook', (docs) => (of(docs, 'Job').metadata.annotations['helm.sh/hook'] = 'post-install,post-upgrade')],
  ['a migration in each node', 'minimal', 'migrationIsAHook', (docs) => (broker(docs).initContainers = [{ ...broker(docs).containers[0], args: ['db', 'migrate', 'config.yml'] }])],
  ['a claim that nothing binds before the night', 'everything', 'claimsAreTheUsers', (docs) => docs.push({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'x' } })],
  ['no migration', 'minimal', 'migrationIsAHook', (docs) => docs.splice(docs.indexOf(of(docs, 'Job')), 1)],
  ['a migration that only tells its status', 'minimal', 'migrationIsAHook', (docs) => (podOf(docs, 'Job').spec.containers[0].args = ['db', 'status', 'config.yml'])],
  ['files that are mounted elsewhere', 'everything', 'filesAreMounted', (docs) => (broker(docs).containers[0].volumeMounts.find((it) => it.name === 'tls').mountPath = '/nowhere')],
  ['a key of the accounting that is mounted elsewhere', 'everything', 'filesAreMounted', (docs) => (podOf(docs, 'CronJob', '-accounting').spec.containers[0].volumeMounts.find((it) => it.name === 'key').mountPath = '/nowhere')],
  ['a Secret that nobody makes', 'trial', 'referencesExist', (docs) => docs.splice(docs.indexOf(of(docs, 'Secret', '-seed')), 1)],
  ['a mount of no volume', 'everything', 'referencesExist', (docs) => (broker(docs).volumes = [])],
  ['an ingress to the admin Service', 'everything', 'adminIsForTheClusterAlone', (docs) => (of(docs, 'Ingress').spec.rules[0].http.paths[0].backend.service = { name: 'broker-webhook-broker-admin', port: { name: 'admin' } })],
  ['a route to the admin Service', 'everything', 'adminIsForTheClusterAlone', (docs) => (of(docs, 'HTTPRoute').spec.rules[0].backendRefs = [{ name: 'broker-webhook-broker-admin', port: 8081 }])],
  ['a load balancer of the admin port', 'everything', 'adminIsForTheClusterAlone', (docs) => (of(docs, 'Service', '-admin').spec.type = 'LoadBalancer')],
  ['both ports in one Service', 'everything', 'adminIsForTheClusterAlone', (docs) => of(docs, 'Service').spec.ports.push({ name: 'admin', port: 8081, targetPort: 'admin' })],
  ['root', 'minimal', 'podsAreRestricted', (docs) => (broker(docs).securityContext = {})],
  ['capabilities', 'minimal', 'podsAreRestricted', (docs) => delete podOf(docs, 'Job').spec.containers[0].securityContext.capabilities],
  ['a folder of the host', 'everything', 'podsAreRestricted', (docs) => podOf(docs, 'CronJob', '-prune').spec.volumes.push({ name: 'host', hostPath: { path: '/' } })],
  ['no bounds of memory', 'minimal', 'podsAreRestricted', (docs) => delete broker(docs).containers[0].resources],
  ['names of Services as variables', 'minimal', 'podsAreRestricted', (docs) => delete broker(docs).enableServiceLinks],
  ['liveness by a connection alone', 'minimal', 'probesFit', (docs) => (broker(docs).containers[0].livenessProbe = { tcpSocket: { port: 8080 } })],
  ['probes by TLS where there is none', 'minimal', 'probesFit', (docs) => (broker(docs).containers[0].livenessProbe.httpGet.scheme = 'HTTPS')],
  ['probes without TLS where there is', 'everything', 'probesFit', (docs) => delete broker(docs).containers[0].livenessProbe.httpGet.scheme],
  ['two seconds to start', 'minimal', 'probesFit', (docs) => (broker(docs).containers[0].startupProbe.failureThreshold = 1)],
  ['readiness that goes with the database', 'minimal', 'probesFit', (docs) => (broker(docs).containers[0].readinessProbe.httpGet.path = '/_status')],
  ['images that are always pulled', 'minimal', 'probesFit', (docs) => (broker(docs).containers[0].imagePullPolicy = 'Always')],
  ['no time to stop', 'minimal', 'probesFit', (docs) => delete broker(docs).terminationGracePeriodSeconds],
  ['a heap that its container does not hold', 'minimal', 'heapsFit', (docs) => (main(docs).data.JAVA_HEAP = '400m')],
  ['a migration with the heap of large nodes', 'minimal', 'heapsFit', (docs) => (of(docs, 'ConfigMap', '-migrate').data.JAVA_HEAP = '2g')],
  ['a prune with options of the nodes', 'everything', 'heapsFit', (docs) => (of(docs, 'ConfigMap', '-prune').data.JAVA_OPTS = '-javaagent:/agent.jar')],
  ['a rollout that may take none away and add none', 'minimal', 'nodesAreReplaceable', (docs) => (of(docs, 'Deployment').spec.strategy.rollingUpdate = { maxUnavailable: 0, maxSurge: '0%' })],
  ['a rollout faster than nodes get warm', 'minimal', 'nodesAreReplaceable', (docs) => delete of(docs, 'Deployment').spec.minReadySeconds],
  ['a rolling update of Recreate', 'minimal', 'nodesAreReplaceable', (docs) => (of(docs, 'Deployment').spec.strategy.type = 'Recreate')],
  ['a job without an end', 'everything', 'jobsComeToAnEnd', (docs) => delete of(docs, 'CronJob', '-prune').spec.jobTemplate.spec.activeDeadlineSeconds],
  ['a mesh that is not told to leave jobs alone', 'company', 'jobsComeToAnEnd', (docs) => delete podOf(docs, 'Job').doc.spec.template.metadata.annotations],
  ['archives that pass no proxy', 'company', 'jobsComeToAnEnd', (docs) => delete of(docs, 'ConfigMap', '-prune').data.HTTPS_PROXY],
  ['50 nodes on one database', 'autoscaling', 'connectionsFit', (docs) => (of(docs, 'HorizontalPodAutoscaler').spec.maxReplicas = 50)],
  ['a scaler and a fixed number', 'autoscaling', 'connectionsFit', (docs) => (of(docs, 'Deployment').spec.replicas = 2)],
  ['a CronJob with a long name', 'everything', 'namesAreValid', (docs) => (of(docs, 'CronJob').metadata.name = 'x'.repeat(53))],
  ['a label that is a number', 'minimal', 'namesAreValid', (docs) => (of(docs, 'Service').metadata.labels.x = 1)],
  ['a label that is none', 'minimal', 'namesAreValid', (docs) => (of(docs, 'Service').metadata.labels.x = 'a+b')],
  ['a monitor of both Services', 'everything', 'monitorFindsTheAdminService', (docs) => (of(docs, 'ServiceMonitor').spec.selector.matchLabels = {})],
  ['a ConfigMap with a fixed name', 'everything', 'apart', (docs) => (main(docs).metadata.name = 'w7b6-configmap')],
  ['a CronJob with a fixed name', 'everything', 'apart', (docs) => (of(docs, 'CronJob', '-prune').metadata.name = 'prune-db')],
  ['an account with a fixed name', 'everything', 'apart', (docs) => (of(docs, 'ServiceAccount').metadata.name = 'webhook-broker')],
  ['a selector without the release', 'everything', 'apart', (docs) => delete of(docs, 'Service').spec.selector['app.kubernetes.io/instance']],
  ['alerts of all releases', 'everything', 'apart', (docs) => (of(docs, 'PrometheusRule').spec.groups[0].rules[0].expr = 'up{job="webhook-broker"} == 0')],
];

function rename(object, from, to) {
  object[to] = object[from];
  delete object[from];
}

/** Those that Kubernetes' client must notice; docs is what it is given. */
function forFields(rendered) {
  return faults
    .filter(([, , by]) => by === 'fields')
    .map(([what, file, , break_]) => ({ what, docs: break_(structuredClone(rendered[file].docs)) }));
}

/** Sentences about the faults that nobody noticed. */
async function unnoticed(rendered, both, fields) {
  const missed = [];
  forFields(rendered).forEach(({ what }, index) => fields[index] || missed.push(`${what}: not noticed by fields`));
  for (const [what, file, by, break_] of faults) {
    let problems = [''];
    if (by === 'apart') {
      const copies = structuredClone(both);
      copies.forEach(break_);
      problems = releasesAreApart(...copies);
    } else if (by === 'types') {
      problems = (await Promise.all(break_(structuredClone(rendered[file].docs)).map(typesOf))).filter(Boolean);
    } else if (by !== 'fields') {
      const docs = structuredClone(rendered[file].docs);
      break_(docs);
      problems = checks[by](docs, rendered[file].context);
    }
    if (!problems.length) missed.push(`${what}: not noticed by ${by}`);
  }
  return missed;
}

module.exports = { count: faults.length, forFields, unnoticed };
