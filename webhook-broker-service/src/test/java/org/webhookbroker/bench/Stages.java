package org.webhookbroker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** This build and the earlier one, each on a database of its own. Both stay alive, so that each is warmed up once. */
final class Stages implements AutoCloseable {
    private static final String OTHER = "other-";

    private final Path folder;
    private final Settings settings;
    private final Tools tools;
    private final Stage now;
    private final Optional<Stage> earlier;

    Stages(Path folder, Settings settings, Tools tools) throws IOException, InterruptedException {
        this.folder = folder;
        this.settings = settings;
        this.tools = tools;
        this.now = open(Build.THIS);
        Optional<Path> path = settings.brokers().earlier();
        this.earlier = path.isPresent() ? Optional.of(open(Build.of(path.get(), folder))) : Optional.empty();
    }

    Stage now() {
        return now;
    }

    Optional<Stage> earlier() {
        return earlier;
    }

    /** One more of this build, which the caller closes. */
    Stage another() throws IOException, InterruptedException {
        return open(Build.THIS, OTHER);
    }

    /** Frees the disk of those that were closed. */
    void deleteOthers() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path each : all.filter(path -> path.getFileName().toString().startsWith(OTHER))
                    .toList()) {
                Bench.delete(each);
            }
        }
    }

    private Stage open(Build build) throws IOException, InterruptedException {
        return open(build, "data-");
    }

    private Stage open(Build build, String name) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory(folder, name);
        return new Stage(new Rig(data, build, settings.brokers().javaOptions()), tools);
    }

    /** Half of what the slower one of both does when it is warm. */
    int halfRate() throws Exception {
        int rate = now.warmedUp(settings.warmUp()).halfRate();
        return earlier.isPresent()
                ? Math.min(rate, earlier.get().warmedUp(settings.warmUp()).halfRate())
                : rate;
    }

    /** After a scenario. */
    void clear() throws InterruptedException {
        now.clear();
        if (earlier.isPresent()) {
            earlier.get().clear();
        }
    }

    @Override
    public void close() {
        now.close();
        earlier.ifPresent(Stage::close);
    }
}
