package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives are read only where the configuration says: the broker goes there with its own credentials and rights. */
class RestoreSourceTest {
    private static final String OWN = "s3://own/archive?region=eu-west-1&endpoint=http://127.0.0.1:9";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://own/archive?region=x&endpoint=http://elsewhere",
                "s3://own/archive?endpoint=http://127.0.0.1:90",
                "s3://own/archive?endpoint=http://127.0.0.1:9@elsewhere",
                "s3://own/archive?endpoint=http://127.0.0.1:9/elsewhere",
                "s3://own/archive?region=elsewhere.test%2F",
                "s3://own/archive?region=us-east-1",
                "s3://other/archive",
                "s3://own@other/archive",
                "s3://own:9000/archive",
                "s3://OWN/archive",
                "s3://own",
                "s3://own/",
                "s3://own/other",
                "s3://own/archives",
                "s3://own/archive/../other",
                "s3://own/archive/%2e%2e/other",
                "s3://own/archive/..",
                "s3://own/archive/./other",
                "s3://own/archive//other",
                "gs://own/archive",
                "file:///",
                "file:///etc",
                "/",
                "/etc",
                "http://own/archive",
                "archive",
                ""
            })
    void otherPlacesThanTheBucket(String source) {
        assertThat(places(Optional.empty(), OWN).within(source)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "s3://own/archive,archive",
        "s3://own/archive/,archive",
        "s3://own/archive/eu/2026,archive/eu/2026",
        "s3://own/archive?region=eu-west-1,archive",
        "s3://own/archive?endpoint=http://127.0.0.1:9,archive",
        "s3://own/archive?pathStyle=false,archive"
    })
    void partsOfTheBucketAreCalledAsTheConfigurationSays(String source, String prefix) {
        RemoteUrl own = RemoteUrl.parse(OWN).orElseThrow();

        assertThat(places(Optional.empty(), OWN).within(source).flatMap(ArchivePlaces::url))
                .contains(new RemoteUrl(own.kind(), "own", own.region(), own.endpoint(), own.pathStyle(), prefix));
    }

    @Test
    void foldersBelowThatOfTheConfiguration() throws Exception {
        Path base = Files.createDirectory(folder.resolve("archive"));
        Path below = Files.createDirectory(base.resolve("eu"));
        Path beside = Files.createDirectory(folder.resolve("archive2"));
        Files.createSymbolicLink(base.resolve("out"), beside);
        Files.createSymbolicLink(folder.resolve("in"), below);
        ArchivePlaces own = places(Optional.of(base), "");

        assertThat(own.within(base.toString()).flatMap(ArchivePlaces::folder)).contains(base.toRealPath());
        assertThat(own.within(below.toUri().toString()).flatMap(ArchivePlaces::folder))
                .contains(below.toRealPath());
        assertThat(own.within(folder + "/in").flatMap(ArchivePlaces::folder)).contains(below.toRealPath());
        assertThat(own.within(below + "/../eu")).isPresent();
        assertThat(places(Optional.empty(), base.toUri().toString()).within(below.toString()))
                .isPresent();
        for (String elsewhere : new String[] {
            folder.toString(),
            beside.toString(),
            beside.toUri().toString(),
            base + "/out",
            base + "/../archive2",
            base + "/eu/../../archive2",
            base + "/nothing",
            "file://" + base + "/%2e%2e/archive2",
            "/",
            "/\0"
        }) {
            assertThat(own.within(elsewhere)).as(elsewhere).isEmpty();
        }
    }

    @Test
    void nothingIsReadWithoutAPlaceInTheConfiguration() {
        assertThat(places(Optional.empty(), "").within("/")).isEmpty();
        assertThat(places(Optional.empty(), "").within("s3://bucket?region=x")).isEmpty();
    }

    @Test
    void linksAndPipesOfAFolderAreNoArchives() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "x");
        Path archive = Files.createDirectory(folder.resolve("archive"));
        Files.createSymbolicLink(archive.resolve("link.jsonl"), secret);
        Files.createDirectory(archive.resolve("folder.jsonl"));
        assertThat(new ProcessBuilder("mkfifo", archive + "/pipe.jsonl").start().waitFor())
                .isZero();
        Files.writeString(archive.resolve("file.jsonl"), "");

        assertThat(new FolderStore(archive).names()).containsExactly("file.jsonl");
    }

    private static ArchivePlaces places(Optional<Path> base, String url) {
        return new ArchivePlaces(base, RemoteUrl.parse(url), "");
    }
}
