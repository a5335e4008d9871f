Third-party software in the Webhook Broker
==========================================

The broker itself is under the Apache License 2.0 (LICENSE). Its jar holds these libraries of others, each under its own licence. Where
there are several after a name, one may choose.

<#list dependencyMap as entry>
<#assign project = entry.getKey()/>
${project.groupId}:${project.artifactId}:${project.version}  ${entry.getValue()?join(" | ")}
</#list>
