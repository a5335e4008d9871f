package org.webhookbroker;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What people call this process when they look at the table of incarnations: host and process id. */
final class NodeName {
    private NodeName() {}

    static String ofThisProcess() {
        return host() + ":" + ProcessHandle.current().pid();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
