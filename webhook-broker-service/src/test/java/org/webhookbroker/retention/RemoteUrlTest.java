package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.retention.RemoteUrl.Kind;

class RemoteUrlTest {
    @Test
    void bucketsOfAmazon() {
        assertThat(RemoteUrl.parse("s3://my_bucket.x?region=eu-west-1"))
                .contains(new RemoteUrl(
                        Kind.BUCKET, "my_bucket.x", Optional.of("eu-west-1"), Optional.empty(), false, ""));
        assertThat(RemoteUrl.parse("s3://bucket/a/b/").orElseThrow().prefix()).isEqualTo("a/b");
    }

    @Test
    void bucketsOfOthersAreInThePathUnlessSaidOtherwise() {
        URI minio = URI.create("http://minio:9000");
        assertThat(RemoteUrl.parse("s3://bucket?endpoint=http%3A%2F%2Fminio%3A9000"))
                .contains(new RemoteUrl(Kind.BUCKET, "bucket", Optional.empty(), Optional.of(minio), true, ""));
        assertThat(RemoteUrl.parse("s3://bucket?endpoint=http://minio:9000&pathStyle=false"))
                .contains(new RemoteUrl(Kind.BUCKET, "bucket", Optional.empty(), Optional.of(minio), false, ""));
    }

    @Test
    void bucketsOfGoogleSpeakTheProtocolOfAmazon() {
        assertThat(RemoteUrl.parse("gs://bucket"))
                .contains(new RemoteUrl(
                        Kind.BUCKET,
                        "bucket",
                        Optional.of("auto"),
                        Optional.of(URI.create("https://storage.googleapis.com")),
                        true,
                        ""));
    }

    @Test
    void folders() {
        assertThat(RemoteUrl.parse("file:///var/archive"))
                .contains(new RemoteUrl(Kind.FOLDER, "/var/archive", Optional.empty(), Optional.empty(), false, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bucket",
                "s3:bucket",
                "s3://",
                "s3:///key",
                "s3://bucket?regoin=x",
                "s3://bucket?endpoint=minio",
                "s3://bucket?endpoint=:",
                "file://host/dir",
                "file:relative",
                "file:///dir?x",
                "ftp://bucket",
                "%"
            })
    void others(String text) {
        assertThat(RemoteUrl.parse(text)).isEmpty();
    }
}
