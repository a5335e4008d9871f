Third-party software in the Webhook Broker
==========================================

The broker is under the Apache License 2.0 (LICENSE). Its jar holds the libraries below, unchanged, each under a licence of its own.
A library with several has a choice of them, or parts under each. The texts are in the jar (META-INF) where a library brings its own,
and otherwise where its name in a Maven repository leads to. bom.json names each with its checksum.

MariaDB Connector/J (org.mariadb.jdbc:mariadb-java-client) is under the GNU Lesser General Public License 2.1 or later. Its classes lie
in the jar as they were published, so you may put another version in their place.

The MariaDB server is under the GNU General Public License 2. It is neither in the jar nor in the image nor in the package: a build of
the sources puts it into the folder "embedded" beside the jar, where only a broker without DATABASE_URL uses it, as a process of its own.

An image also holds a Java runtime (GNU General Public License 2 with the Classpath Exception; its folder "legal" has the notices) and
what its base image brings.

<#list dependencyMap as entry>
<#assign project = entry.getKey()/>
${project.groupId}:${project.artifactId}:${project.version}  ${entry.getValue()?join(" | ")}
</#list>

Some of them bring another one inside their own jar:

org.antlr:antlr4-runtime (in org.jdbi:jdbi3-core)  BSD-3-Clause
