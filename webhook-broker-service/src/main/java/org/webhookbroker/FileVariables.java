package org.webhookbroker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.StartRefusedException;

/**
 * Variables of the environment that may be given as files, as secrets are: {@code NAME_FILE} names the file that holds the value of {@code NAME}.
 * No message shows what is in the file, or its path: somebody may have taken the variable for the secret itself.
 */
final class FileVariables implements UnaryOperator<@Nullable String> {
    private static final String SUFFIX = "_FILE";
    private static final int MOST_BYTES = 1 << 20;

    private final UnaryOperator<@Nullable String> environment;

    FileVariables(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    @Override
    public @Nullable String apply(@Nullable String name) {
        String value = environment.apply(name);
        String file = environment.apply(name + SUFFIX);
        if (file == null) {
            return value;
        }
        if (value != null) {
            throw refused(name, "and " + name + " are both set; unset one of them");
        }
        if (file.isEmpty()) {
            throw refused(name, "is empty; write the path of a file, or unset it");
        }
        String text = read(name, file);
        if (text.indexOf('\0') >= 0) {
            throw refused(name, "names a file that holds a zero byte; it must be text");
        }
        return text.endsWith("\r\n")
                ? text.substring(0, text.length() - 2)
                : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private static String read(@Nullable String name, String file) {
        try (InputStream input = Files.newInputStream(Path.of(file))) {
            byte[] bytes = input.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw refused(name, "names a file of more than 1 MiB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException | InvalidPathException absent) {
            throw refused(name, "names a file that does not exist");
        } catch (AccessDeniedException denied) {
            throw refused(name, "names a file that this user may not read");
        } catch (CharacterCodingException malformed) {
            throw refused(name, "names a file that is not UTF-8");
        } catch (IOException failure) {
            throw refused(name, "names something that cannot be read, such as a folder");
        }
    }

    private static StartRefusedException refused(@Nullable String name, String why) {
        return new StartRefusedException("The environment variable " + name + SUFFIX + " " + why);
    }
}
