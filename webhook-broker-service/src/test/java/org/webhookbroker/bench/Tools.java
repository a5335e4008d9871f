package org.webhookbroker.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.webhookbroker.bench.Sink.Mood;
import org.webhookbroker.testing.BrokerProcess;

/**
 * What makes the load: light tools where they are installed, since the broker does not get the CPU that they take, and otherwise our own.
 *
 * @param folder for their files
 */
record Tools(Optional<Path> wrk, Optional<Path> h2load, Optional<Path> nginx, Path folder) {
    static Tools find(boolean light, Path folder) {
        return new Tools(onPath("wrk", light), onPath("h2load", light), onPath("nginx", light), folder);
    }

    private static Optional<Path> onPath(String name, boolean light) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .filter(unused -> light)
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Also who works where no light tool can. */
    String describe() {
        return "closed loop: %s; HTTP/2: %s; on schedule: our own; consumers: %s"
                .formatted(name(wrk), name(h2load), name(nginx));
    }

    private static String name(Optional<Path> tool) {
        return tool.map(path -> path.getFileName().toString()).orElse("our own");
    }

    Receiver consumers() throws IOException {
        return nginx.isPresent() ? new Nginx(nginx.get(), folder) : new Sink(Mood.AT_ONCE);
    }

    /** @param ports of the nodes, to which the producers are spread */
    Load producers(List<Integer> ports, List<Broadcast> broadcasts) throws IOException {
        return wrk.isPresent()
                ? new Wrk(wrk.get(), folder, ports, broadcasts)
                : new Producers(ports, broadcasts)::asFastAsTheyCan;
    }

    Load http2(BrokerProcess node, String channel) throws IOException {
        return h2load.isPresent()
                ? new H2load(h2load.get(), folder, node.url() + Http2Producers.path(channel))
                : new Http2Producers(node.port(), channel);
    }
}
