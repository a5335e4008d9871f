package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One place for each row: who writes the tables of jobs, which {@link ArchitectureTest} cannot see since it is text. */
class RowWritersTest {
    private static final Logger LOG = LoggerFactory.getLogger(RowWritersTest.class);
    private static final Path MAIN = Path.of("src/main/java");

    private static final String TABLES = "(?:job|dead_job|delivered_job)\\b";

    private static final String UPDATE = "(?<!FOR |KEY )UPDATE";

    private static final String WRITE = "(?:INSERT\\s+(?:IGNORE\\s+)?INTO|REPLACE\\s+INTO|" + UPDATE
            + "|DELETE\\s+FROM|TRUNCATE(?:\\s+TABLE)?)\\s+";

    /** An update of several tables may name ours after others: before its SET, and in the same statement of Java. */
    private static final String UPDATE_OF_SEVERAL = UPDATE + "\\b(?:(?!\\bSET\\b)[^;])*(?:JOIN|,)\\s+";

    private static final Pattern WRITES_JOBS = Pattern.compile("(?:" + WRITE + "|" + UPDATE_OF_SEVERAL + ")" + TABLES);

    private static final Pattern WRITES_A_PARAMETER = Pattern.compile(WRITE + "<");

    @Test
    void twoClassesWriteTheTablesOfJobs() {
        assertThat(namesOf(WRITES_JOBS)).containsExactly("JobMoveStore.java", "JobStore.java");
        assertThat(namesOf(WRITES_A_PARAMETER))
                .as("the registry")
                .containsExactly("EntryStore.java", "Reencryption.java");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            true  | UPDATE (SELECT 1 AS id) AS failed STRAIGHT_JOIN job ON job.id = failed.id SET job.holder = 0
            true  | UPDATE message INNER JOIN dead_job USING (message_id) SET dead_job.attempts = 0
            true  | UPDATE message, delivered_job SET delivered_job.attempts = 0
            true  | UPDATE job SET holder = 0
            false | SELECT job.id FROM consumer STRAIGHT_JOIN job ON job.consumer_id = consumer.id
            false | SELECT id FROM consumer FOR UPDATE
            false | UPDATE message SET size = 0", messages, (row, job) ->
            """)
    void anUpdateOfSeveralTablesWritesAllOfThemAndASelectNone(boolean writes, String sql) {
        assertThat(WRITES_JOBS.matcher(sql).find()).isEqualTo(writes);
    }

    /** Small enough to be read at once, and not so small that a reader must put many together. */
    @Test
    void filesAreOfAReadableSize() {
        int[] lines = sources().stream()
                .mapToInt(file -> (int) read(file).lines().count())
                .sorted()
                .toArray();
        int median = lines[lines.length / 2];
        LOG.info("{} files, median {} lines, longest {}", lines.length, median, lines[lines.length - 1]);
        assertThat(median).isBetween(45, 60);
        assertThat(lines[lines.length - 1]).as("the longest file").isLessThanOrEqualTo(250);
    }

    /** Lanes run on many threads: what guards what must be seen at once. */
    @Test
    void classesOfDispatchAreShort() {
        assertThat(sources())
                .filteredOn(file -> file.getParent().endsWith("dispatch"))
                .hasSizeGreaterThan(10)
                .allSatisfy(file -> assertThat(read(file).lines().count()).isLessThan(150));
    }

    @Test
    void noPackageIsADrawer() {
        Map<Path, Long> packages =
                sources().stream().collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
        assertThat(packages).allSatisfy((name, files) -> assertThat(files).isLessThanOrEqualTo(45));
    }

    private static List<String> namesOf(Pattern pattern) {
        return sources().stream()
                .filter(file -> pattern.matcher(read(file)).find())
                .map(file -> file.getFileName().toString())
                .sorted()
                .toList();
    }

    private static List<Path> sources() {
        try (Stream<Path> files = Files.walk(MAIN)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
