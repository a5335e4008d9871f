// What must hold for all manifests of the chart, beyond what a schema can say. Each check gets the documents of one release and
// gives sentences about what is wrong.
'use strict';

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)/g;
const secretNames =
  /^(DATABASE_PASSWORD|SECRETS_KEY|GATEWAY_AUTH_SECRET|GATEWAY_AUTH_PREVIOUS_SECRET|SEED_(PRODUCERS|CHANNELS|CONSUMERS)|TLS_KEY_PEM|AWS_SECRET_ACCESS_KEY)$/;
// What the launcher and the JVM read.
const launcher = ['JAVA_HEAP', 'JAVA_OPTS', 'JAVA_TOOL_OPTIONS'];

const name = (doc) => `${doc.kind} ${doc.metadata.name}`;
const hooksOf = (doc) => (doc.metadata.annotations?.['helm.sh/hook'] ?? '').split(',').filter(Boolean);
const weightOf = (doc) => Number(doc.metadata.annotations?.['helm.sh/hook-weight'] ?? 0);
const goesAfterSuccess = (doc) => (doc.metadata.annotations?.['helm.sh/hook-delete-policy'] ?? '').includes('hook-succeeded');

/** All pods that the documents make: {doc, labels, spec}. */
function podsOf(docs) {
  const template = (doc) => {
    switch (doc.kind) {
      case 'Deployment':
      case 'Job':
        return doc.spec.template;
      case 'CronJob':
        return doc.spec.jobTemplate.spec.template;
      case 'Pod':
        return doc;
    }
  };
  return docs.filter(template).map((doc) => {
    const pod = template(doc);
    return { doc, labels: pod.metadata?.labels ?? {}, spec: pod.spec };
  });
}

const containersOf = (spec) => [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
const isNode = (pod) => pod.doc.kind === 'Deployment';
const isOurs = (container) => /webhook-broker[:@]/.test(container.image);
const matches = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);

/** What a pod needs from its namespace: [kind, name]. */
function referencesOf(spec) {
  const found = [['ServiceAccount', spec.serviceAccountName ?? 'default']];
  const add = (kind, it) => it && found.push([kind, it]);
  for (const container of containersOf(spec)) {
    for (const from of container.envFrom ?? []) {
      add('ConfigMap', from.configMapRef?.name);
      add('Secret', from.secretRef?.name);
    }
    for (const { valueFrom } of container.env ?? []) {
      add('ConfigMap', valueFrom?.configMapKeyRef?.name);
      add('Secret', valueFrom?.secretKeyRef?.name);
    }
  }
  for (const volume of spec.volumes ?? []) {
    add('ConfigMap', volume.configMap?.name);
    add('Secret', volume.secret?.secretName);
    add('PersistentVolumeClaim', volume.persistentVolumeClaim?.claimName);
  }
  return found;
}

/** What the chart itself gives a container, by name. */
function variablesOf(container, docs) {
  const maps = (container.envFrom ?? []).map((from) => docs.find((doc) => doc.kind === 'ConfigMap' && doc.metadata.name === from.configMapRef?.name));
  const entries = (container.env ?? []).map((entry) => [entry.name, entry.value]);
  return Object.assign({}, ...maps.map((map) => map?.data), Object.fromEntries(entries));
}

// The mark of the test's values, and what of its base64 is the same in all places where it may stand.
const marks = ['canary', 'Y2FuYXJ5', Buffer.from('xcanary').toString('base64').slice(2, 9), Buffer.from('xxcanary').toString('base64').slice(3, 10)];
const showsMark = (text) => marks.some((mark) => text.includes(mark));

/** Secrets are in Secrets: not by their names, not by the marks of the test's values, not in URLs. */
function noSecretInTheOpen(docs) {
  const wrong = [];
  const look = (where, key, value) => {
    if (secretNames.test(key)) wrong.push(`${where} shows the secret ${key}`);
    if (/:\/\/[^ ]*@/.test(value)) wrong.push(`${where}: ${key} is a URL with a user or password`);
  };
  for (const doc of docs) {
    if (doc.kind !== 'Secret' && showsMark(JSON.stringify(doc))) wrong.push(`${name(doc)} shows a secret of the values`);
    if (doc.kind === 'ConfigMap') Object.entries(doc.data ?? {}).forEach(([key, value]) => key.endsWith('.json') || look(name(doc), key, value));
  }
  for (const { doc, spec } of podsOf(docs)) {
    for (const container of containersOf(spec)) {
      for (const { name: key, value } of container.env ?? []) if (value !== undefined) look(name(doc), key, value);
      for (const text of [...(container.args ?? []), ...(container.command ?? [])]) look(name(doc), 'an argument', text);
    }
  }
  return wrong;
}

/** Whatever selects pods by labels selects the nodes, and nothing else. */
function selectorsMatchNodesAlone(docs) {
  const wrong = [];
  const selectors = docs.flatMap((doc) => {
    if (doc.kind === 'Service') return [[doc, doc.spec.selector]];
    if (['Deployment', 'PodDisruptionBudget'].includes(doc.kind)) return [[doc, doc.spec.selector?.matchLabels ?? {}]];
    return doc.kind === 'NetworkPolicy' ? [[doc, doc.spec.podSelector.matchLabels]] : [];
  });
  const pods = podsOf(docs);
  for (const [doc, selector] of selectors) {
    for (const pod of pods) {
      if (!isNode(pod) && matches(selector, pod.labels)) wrong.push(`${name(doc)} selects the pods of ${name(pod.doc)}`);
      if (isNode(pod) && !matches(selector, pod.labels)) wrong.push(`${name(doc)} does not select the nodes`);
    }
  }
  for (const pod of pods) {
    for (const spread of pod.spec.topologySpreadConstraints ?? []) {
      if (!matches(spread.labelSelector?.matchLabels ?? { none: '' }, pod.labels)) wrong.push(`${name(pod.doc)} is spread by other pods' labels`);
    }
  }
  return wrong;
}

/** Each variable, or the one whose file it names, is one of config.yml. */
function variablesExist(docs, { config }) {
  const known = new Set([...config.matchAll(variable)].map((match) => match[1]).concat(launcher));
  const isKnown = (key) => known.has(key) || known.has(key.replace(/_FILE$/, '')) || key.startsWith('AWS_');
  const wrong = [];
  const maps = new Map(docs.filter((doc) => doc.kind === 'ConfigMap').map((doc) => [doc.metadata.name, doc]));
  for (const { doc, spec } of podsOf(docs)) {
    for (const container of containersOf(spec).filter(isOurs)) {
      const keys = (container.env ?? []).map((entry) => entry.name);
      for (const from of container.envFrom ?? []) keys.push(...Object.keys(maps.get(from.configMapRef?.name)?.data ?? {}));
      keys.filter((key) => !isKnown(key)).forEach((key) => wrong.push(`${name(doc)} sets ${key}, which config.yml does not have`));
    }
  }
  return wrong;
}

/** A hook's pod runs before the release is there: it needs hooks of lower weight, or what the chart does not make. No other pod needs a hook. */
function hooksNeedNothingLater(docs) {
  const wrong = [];
  for (const { doc, spec } of podsOf(docs)) {
    for (const [kind, needed] of referencesOf(spec)) {
      const made = docs.find((other) => other.kind === kind && other.metadata.name === needed);
      if (!made) continue;
      const early = hooksOf(doc).some((hook) => hook.startsWith('pre-'));
      const isInTime = hooksOf(doc).every((hook) => hooksOf(made).includes(hook)) && weightOf(made) < weightOf(doc);
      if (early && !isInTime) wrong.push(`${name(doc)} needs ${name(made)}, which is made later`);
      if (early && goesAfterSuccess(made)) wrong.push(`${name(doc)} needs ${name(made)}, which Helm may delete while it runs`);
      if (!early && hooksOf(made).length) wrong.push(`${name(doc)} needs ${name(made)}, which a hook makes and deletes`);
    }
  }
  for (const doc of docs.filter((it) => hooksOf(it).length)) {
    const policy = doc.metadata.annotations['helm.sh/hook-delete-policy'] ?? '';
    if (!policy.includes('before-hook-creation')) wrong.push(`${name(doc)}: the second release would find it there`);
    if (doc.kind === 'Job' && goesAfterSuccess(doc)) wrong.push(`${name(doc)}: its log goes with it`);
  }
  return wrong;
}

/** Migrations run once for each release, before it: not in the nodes, and not after the nodes, which wait for it. */
function migrationIsAHook(docs, { values = {} }) {
  const wrong = [];
  let count = 0;
  for (const { doc, spec } of podsOf(docs)) {
    const migrates = containersOf(spec).some((it) => [...(it.command ?? []), ...(it.args ?? [])].join(' ').includes('db migrate'));
    count += migrates;
    if (migrates && hooksOf(doc).join() !== 'pre-install,pre-upgrade') wrong.push(`${name(doc)} migrates, and is no hook before install and upgrade`);
  }
  if (count !== (values.migration?.enabled === false ? 0 : 1)) wrong.push(`${count} pods migrate`);
  return wrong;
}

/** Helm waits for each claim, which most clusters bind only when a pod is there: none of ours may be. */
function claimsAreTheUsers(docs) {
  return docs.filter((doc) => doc.kind === 'PersistentVolumeClaim').map((doc) => `${name(doc)} keeps helm --wait waiting`);
}

/** Pods find all that they need: what has the release's name is made by the chart. */
function referencesExist(docs, { fullname }) {
  const wrong = [];
  for (const { doc, spec } of podsOf(docs)) {
    for (const [kind, needed] of referencesOf(spec)) {
      const isMade = docs.some((other) => other.kind === kind && other.metadata.name === needed);
      if (!isMade && needed.startsWith(fullname)) wrong.push(`${name(doc)} needs ${kind} ${needed}, which nobody makes`);
    }
    const volumes = (spec.volumes ?? []).map((volume) => volume.name);
    for (const container of containersOf(spec)) {
      const mounts = (container.volumeMounts ?? []).map((mount) => mount.name);
      mounts.filter((mount) => !volumes.includes(mount)).forEach((mount) => wrong.push(`${name(doc)} mounts ${mount}, which is no volume`));
      if (isOurs(container) && !(container.volumeMounts ?? []).some((mount) => mount.mountPath === '/tmp')) wrong.push(`${name(doc)} has no /tmp`);
    }
  }
  return wrong;
}

/** Each file and folder that a container is told of is on a volume of its. */
function filesAreMounted(docs) {
  const wrong = [];
  for (const { doc, spec } of podsOf(docs)) {
    for (const container of containersOf(spec).filter(isOurs)) {
      const mounts = (container.volumeMounts ?? []).map((mount) => mount.mountPath);
      const variables = Object.entries(variablesOf(container, docs)).filter(([, value]) => value !== undefined);
      const files = variables.filter(([key]) => /_FILE$|^TLS_(CERTIFICATE|KEY|CLIENT_AUTHORITIES)$|^RETENTION_LOCAL_PATH$/.test(key)).map(([, value]) => value);
      const texts = variables.map(([, value]) => value).concat(container.args);
      files.push(...texts.flatMap((text) => text.match(/\/etc\/webhook-broker\/[^",]*/g) ?? []));
      const isMounted = (file) => mounts.some((mount) => `${file}/`.startsWith(`${mount}/`) || mount.startsWith(`${file}/`));
      files.filter((file) => !isMounted(file)).forEach((file) => wrong.push(`${name(doc)}: ${container.name} has no ${file}`));
    }
  }
  return wrong;
}

/** No ingress, route, node port or load balancer leads to the admin port. */
function adminIsForTheClusterAlone(docs) {
  const wrong = [];
  const node = podsOf(docs).find(isNode);
  const ports = node.spec.containers.flatMap((container) => container.ports ?? []);
  const isAdmin = (target) => ports.some((port) => port.containerPort === 8081 && [port.name, port.containerPort].includes(target));
  const services = docs.filter((doc) => doc.kind === 'Service');
  for (const service of services) {
    const admin = service.spec.ports.filter((port) => isAdmin(port.targetPort));
    if (admin.length && (service.spec.type ?? 'ClusterIP') !== 'ClusterIP') wrong.push(`${name(service)} shows the admin port outside of the cluster`);
    if (admin.length && admin.length < service.spec.ports.length) wrong.push(`${name(service)} is of both ports`);
    for (const port of service.spec.ports) {
      if (!ports.some((it) => [it.name, it.containerPort].includes(port.targetPort))) wrong.push(`${name(service)} leads to ${port.targetPort}, which the nodes do not have`);
    }
  }
  const backends = docs.flatMap((doc) => {
    if (doc.kind === 'HTTPRoute') return doc.spec.rules.flatMap((rule) => rule.backendRefs.map((ref) => [doc, ref.name, ref.port]));
    if (doc.kind !== 'Ingress') return [];
    const all = doc.spec.rules.flatMap((rule) => rule.http.paths.map((path) => path.backend)).concat(doc.spec.defaultBackend ?? []);
    return all.map(({ service }) => [doc, service.name, service.port.name ?? service.port.number]);
  });
  for (const [doc, service, port] of backends) {
    const found = services.find((it) => it.metadata.name === service)?.spec.ports.find((it) => [it.name, it.port].includes(port));
    if (!found) wrong.push(`${name(doc)} leads to ${service}:${port}, which is not there`);
    else if (isAdmin(found.targetPort)) wrong.push(`${name(doc)} leads to the admin port`);
  }
  return wrong;
}

/** What Pod Security Admission asks at the level "restricted", a read-only root, and no token of the API server. */
function podsAreRestricted(docs) {
  const wrong = [];
  for (const { doc, spec } of podsOf(docs)) {
    const say = (text) => wrong.push(`${name(doc)}: ${text}`);
    const pod = spec.securityContext ?? {};
    if (spec.hostNetwork || spec.hostPID || spec.hostIPC) say('it shares namespaces of the host');
    for (const volume of spec.volumes ?? []) {
      const kind = Object.keys(volume).find((key) => key !== 'name');
      if (!['configMap', 'secret', 'emptyDir', 'persistentVolumeClaim', 'projected', 'downwardAPI', 'csi', 'ephemeral'].includes(kind)) say(`a volume of the kind ${kind}`);
    }
    for (const container of containersOf(spec)) {
      const own = container.securityContext ?? {};
      const of = (key) => own[key] ?? pod[key];
      if (of('runAsNonRoot') !== true || of('runAsUser') === 0) say(`${container.name} may run as root`);
      if (!['RuntimeDefault', 'Localhost'].includes(of('seccompProfile')?.type)) say(`${container.name} has no seccomp profile`);
      if (own.allowPrivilegeEscalation !== false || own.privileged) say(`${container.name} may get privileges`);
      if (!(own.capabilities?.drop ?? []).includes('ALL') || (own.capabilities.add ?? []).some((it) => it !== 'NET_BIND_SERVICE')) say(`${container.name} has capabilities`);
      if (own.readOnlyRootFilesystem !== true) say(`${container.name} may write to its root`);
      if (!container.resources?.limits?.memory || !container.resources?.requests?.memory) say(`${container.name} has no bounds of memory`);
      if ((container.ports ?? []).some((port) => port.hostPort)) say(`${container.name} has a port of the host`);
    }
    if (spec.automountServiceAccountToken !== false) say('it gets a token of the API server');
    if (spec.enableServiceLinks !== false) say('names of Services become its variables, such as ADMIN_PORT');
  }
  return wrong;
}

/** Probes ask what fits: a node without its database stays in its Services. */
function probesFit(docs) {
  const wrong = [];
  const node = podsOf(docs).find(isNode);
  const broker = node.spec.containers.find(isOurs);
  const variables = variablesOf(broker, docs);
  const { periodSeconds, failureThreshold } = broker.startupProbe ?? {};
  if (!(periodSeconds * failureThreshold >= 60)) wrong.push('nodes have less than a minute to start');
  for (const [probe, path] of [['startupProbe', '/ping'], ['livenessProbe', '/ping'], ['readinessProbe', '/ready']]) {
    const { path: asked, port, scheme } = broker[probe]?.httpGet ?? {};
    if ((scheme === 'HTTPS') !== (variables.TLS_ADMIN_PORT === 'true')) wrong.push(`${probe} asks by ${scheme}`);
    if (asked !== path || port !== 'admin') wrong.push(`${probe} does not ask ${path} at the admin port`);
  }
  if (!(node.spec.terminationGracePeriodSeconds >= 30)) wrong.push('nodes are killed before they have stopped');
  if (broker.imagePullPolicy === 'Always') wrong.push('nodes cannot start while the registry is away');
  return wrong;
}

/** The heap fits into the memory of its container: 450 MiB below for a node, 256 for a job, 128 for what calls the broker. Options of the nodes stay with them. */
function heapsFit(docs) {
  const mebibytes = (text) => Number.parseInt(text, 10) * (/[gG]/.test(text) ? 1024 : 1);
  const wrong = [];
  for (const pod of podsOf(docs)) {
    for (const container of containersOf(pod.spec).filter(isOurs)) {
      const variables = variablesOf(container, docs);
      const beside = isNode(pod) ? 450 : container.args[0] === 'call' ? 128 : 256;
      if (!(mebibytes(variables.JAVA_HEAP) + beside <= mebibytes(container.resources.limits?.memory))) wrong.push(`${name(pod.doc)}: ${container.name} has too little memory for its heap`);
      if (!isNode(pod) && variables.JAVA_OPTS) wrong.push(`${name(pod.doc)} has options of the nodes' JVM`);
    }
  }
  return wrong;
}

/** Rollouts that the API server takes, though no schema says so, and that leave a warm node at each moment. */
function nodesAreReplaceable(docs) {
  const { minReadySeconds, strategy } = docs.find((doc) => doc.kind === 'Deployment').spec;
  const { type, rollingUpdate } = strategy;
  if (!(minReadySeconds >= 10)) return ['a rollout leaves nodes alone that have only just started'];
  if (type === 'Recreate') return rollingUpdate ? ['Recreate has a rollingUpdate'] : [];
  return [rollingUpdate.maxUnavailable, rollingUpdate.maxSurge].every((it) => /^0%?$/.test(String(it))) ? ['no node may be replaced'] : [];
}

/** Jobs get the proxies for their archives, the annotations by which a mesh leaves them alone, and an end. */
function jobsComeToAnEnd(docs, { values = {} }) {
  const wrong = [];
  const pods = podsOf(docs).filter((pod) => !isNode(pod));
  for (const { doc, spec } of pods) {
    const job = doc.kind === 'CronJob' ? doc.spec.jobTemplate.spec : doc.spec;
    if (!job.activeDeadlineSeconds) wrong.push(`${name(doc)} may run for ever`);
    const metadata = doc.kind === 'Pod' ? doc.metadata : job.template.metadata;
    for (const [key, value] of Object.entries(values.jobs?.podLabels ?? {})) if (!key.startsWith('app.kubernetes.io/') && metadata.labels[key] !== value) wrong.push(`${name(doc)}: its pod has no label ${key}`);
    for (const [key, value] of Object.entries(values.jobs?.podAnnotations ?? {})) if (metadata.annotations?.[key] !== value) wrong.push(`${name(doc)}: its pod has no annotation ${key}`);
    for (const container of containersOf(spec).filter((it) => it.args?.[0] === 'prune')) {
      const proxies = Object.keys(values.config ?? {}).filter((key) => key.endsWith('_PROXY'));
      proxies.filter((key) => !(key in variablesOf(container, docs))).forEach((key) => wrong.push(`${name(doc)} has no ${key}`));
    }
  }
  return wrong;
}

/** As many nodes as there may be leave the database its connections. */
function connectionsFit(docs, { maxConnections }) {
  const scaler = docs.find((doc) => doc.kind === 'HorizontalPodAutoscaler');
  const node = docs.find((doc) => doc.kind === 'Deployment');
  const pool = Number(docs.find((doc) => doc.kind === 'ConfigMap' && doc.data.DATABASE_POOL_SIZE).data.DATABASE_POOL_SIZE);
  const nodes = scaler ? scaler.spec.maxReplicas : node.spec.replicas;
  const wrong = [];
  if (nodes * pool > maxConnections) wrong.push(`${nodes} nodes with ${pool} connections each are more than ${maxConnections}`);
  if (scaler && node.spec.replicas !== undefined) wrong.push('the Deployment and its scaler both set the number of nodes');
  return wrong;
}

/** Names that the API server takes, each once. */
function namesAreValid(docs) {
  const wrong = [];
  const seen = new Set();
  for (const doc of docs) {
    const its = doc.metadata.name;
    const longest = { CronJob: 52, Service: 63, Job: 63 }[doc.kind] ?? 63;
    if (typeof its !== 'string' || its.length > longest || !/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(its)) wrong.push(`${name(doc)} is no name`);
    if (seen.has(name(doc))) wrong.push(`${name(doc)} is there twice`);
    seen.add(name(doc));
    if (doc.metadata.namespace) wrong.push(`${name(doc)} has a namespace of its own`);
    const labels = [doc.metadata.labels ?? {}, ...podsOf([doc]).map((pod) => pod.labels)];
    for (const [key, value] of labels.flatMap(Object.entries)) {
      // A text, as RegExp.test would make one of a number.
      if (typeof value !== 'string' || !/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(value)) wrong.push(`${name(doc)}: ${value} is no value of the label ${key}`);
    }
  }
  return wrong;
}

/** Prometheus finds the admin Service, and that alone. */
function monitorFindsTheAdminService(docs) {
  return docs
    .filter((doc) => doc.kind === 'ServiceMonitor')
    .flatMap((monitor) => {
      const found = docs.filter((doc) => doc.kind === 'Service' && matches(monitor.spec.selector.matchLabels, doc.metadata.labels));
      const ports = found.flatMap((service) => service.spec.ports.map((port) => port.name));
      return ports.join() === monitor.spec.endpoints.map((endpoint) => endpoint.port).join() ? [] : [`${name(monitor)} finds the ports ${ports.join()}`];
    });
}

/** Two releases of one namespace: no common name, and no selector of one that matches pods of the other. */
function releasesAreApart(docs, others) {
  const wrong = [];
  for (const doc of docs) {
    if (others.some((other) => name(other) === name(doc))) wrong.push(`both releases have ${name(doc)}`);
    if (doc.kind === 'PrometheusRule') {
      const rules = doc.spec.groups.flatMap((group) => group.rules);
      if (rules.some((rule) => /job="[^"]*"(?!,namespace="[^"]*",release=")/.test(rule.expr))) wrong.push(`${name(doc)} is about all releases`);
    }
  }
  const selectors = docs.filter((doc) => doc.kind === 'Service').map((doc) => [doc, doc.spec.selector]);
  docs.filter((doc) => doc.kind === 'Deployment').forEach((doc) => selectors.push([doc, doc.spec.selector.matchLabels]));
  for (const [doc, selector] of selectors) {
    for (const pod of podsOf(others)) if (matches(selector, pod.labels)) wrong.push(`${name(doc)} selects pods of the other release's ${name(pod.doc)}`);
  }
  return wrong;
}

const checks = {
  noSecretInTheOpen, selectorsMatchNodesAlone, variablesExist, hooksNeedNothingLater, migrationIsAHook, claimsAreTheUsers, referencesExist, filesAreMounted,
  adminIsForTheClusterAlone, podsAreRestricted, probesFit, heapsFit, nodesAreReplaceable, jobsComeToAnEnd, connectionsFit, namesAreValid, monitorFindsTheAdminService,
};

module.exports = { checks, showsMark, releasesAreApart, podsOf, containersOf };
