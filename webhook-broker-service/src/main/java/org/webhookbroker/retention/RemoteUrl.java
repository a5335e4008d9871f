package org.webhookbroker.retention;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where archives are kept: a bucket of S3 or of what speaks its protocol, or a folder.
 *
 * @param place the bucket, or the path of the folder
 * @param region of the bucket, if the URL names it
 * @param endpoint of the storage, unless it is that of Amazon
 * @param pathStyle the bucket is part of the path, not of the host's name
 */
record RemoteUrl(
        Kind kind, String place, Optional<String> region, Optional<URI> endpoint, boolean pathStyle, String prefix) {
    enum Kind {
        BUCKET,
        FOLDER
    }

    /** Google Cloud Storage by its XML API, which speaks the protocol of S3. */
    private static final URI GOOGLE = URI.create("https://storage.googleapis.com");

    /** Both are part of a host's name. */
    private static final Pattern BUCKET_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private static final Pattern REGION_NAME = Pattern.compile("[A-Za-z0-9-]+");
    /** Without {@code ..}, which some servers resolve. */
    private static final Pattern SEGMENTS = Pattern.compile("(?!\\.\\.?(/|$))[^/]*(/(?!\\.\\.?(/|$))[^/]+)*");

    private static final Set<String> OPTIONS = Set.of("region", "endpoint", "pathStyle");

    /** Empty when it is none of the forms that are known. A path behind the bucket is a prefix of names. */
    static Optional<RemoteUrl> parse(String text) {
        try {
            URI url = new URI(text);
            String scheme = url.getScheme() == null ? "" : url.getScheme();
            return switch (scheme) {
                case "s3" -> bucket(url, null, Optional.empty());
                case "gs" -> bucket(url, GOOGLE, Optional.of("auto"));
                case "file" -> folder(url);
                default -> Optional.empty();
            };
        } catch (URISyntaxException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    /** Opened for a run and closed after it, so that an idle broker holds no connection. */
    ArchiveStore open(String filePrefix) {
        String all = prefix.isEmpty() || filePrefix.isEmpty() ? prefix + filePrefix : prefix + "/" + filePrefix;
        return switch (kind) {
            case FOLDER -> new FolderStore(Path.of(place).resolve(all));
            case BUCKET -> BucketStore.open(this, all);
        };
    }

    /**
     * What another URL names in this bucket, called as this one is: the other's region and endpoint must be the same or left out. Its
     * pathStyle is not asked: that is no other place, but a way to the same one.
     */
    Optional<RemoteUrl> below(RemoteUrl other) {
        boolean same = kind == Kind.BUCKET
                && other.kind == Kind.BUCKET
                && other.place.equals(place)
                && other.region
                        .filter(named -> !region.equals(Optional.of(named)))
                        .isEmpty()
                && other.endpoint
                        .filter(named -> !endpoint.equals(Optional.of(named)))
                        .isEmpty();
        boolean inside = prefix.isEmpty() || (other.prefix + "/").startsWith(prefix + "/");
        return same && inside && SEGMENTS.matcher(other.prefix).matches()
                ? Optional.of(new RemoteUrl(kind, place, region, endpoint, pathStyle, other.prefix))
                : Optional.empty();
    }

    private static Optional<RemoteUrl> folder(URI url) {
        String path = url.getPath();
        boolean local = url.getAuthority() == null && url.getQuery() == null && path != null;
        return local && Path.of(path).isAbsolute()
                ? Optional.of(new RemoteUrl(Kind.FOLDER, path, Optional.empty(), Optional.empty(), false, ""))
                : Optional.empty();
    }

    private static Optional<RemoteUrl> bucket(URI url, @Nullable URI defaultEndpoint, Optional<String> defaultRegion) {
        Map<String, String> options = options(url.getRawQuery());
        String bucket = url.getAuthority();
        if (bucket == null || !BUCKET_NAME.matcher(bucket).matches() || !OPTIONS.containsAll(options.keySet())) {
            return Optional.empty();
        }
        Optional<URI> endpoint = Optional.ofNullable(options.get("endpoint"))
                .map(URI::create)
                .or(() -> Optional.ofNullable(defaultEndpoint));
        if (endpoint.isPresent() && endpoint.get().getHost() == null) {
            return Optional.empty();
        }
        Optional<String> region = Optional.ofNullable(options.get("region")).or(() -> defaultRegion);
        if (region.isPresent() && !REGION_NAME.matcher(region.get()).matches()) {
            return Optional.empty();
        }
        boolean pathStyle = Boolean.parseBoolean(options.getOrDefault("pathStyle", "" + endpoint.isPresent()));
        String prefix = url.getPath().replaceAll("^/+|/+$", "");
        return Optional.of(new RemoteUrl(Kind.BUCKET, bucket, region, endpoint, pathStyle, prefix));
    }

    private static Map<String, String> options(@Nullable String query) {
        Map<String, String> options = new HashMap<>();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                options.put(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        }
        return options;
    }
}
