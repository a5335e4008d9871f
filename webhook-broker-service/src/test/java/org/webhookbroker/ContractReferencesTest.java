package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What code and pages refer to exists: sections of docs/contract.md, decisions, classes, and what our own links lead to. */
final class ContractReferencesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path CONTRACT = ROOT.resolve("docs/contract.md");
    private static final List<String> WRITTEN = List.of(
            "README.md",
            "CONTRIBUTING.md",
            "config.yml",
            "docs",
            "migrations",
            "webhook-broker-api/src",
            "webhook-broker-service/src");

    private static final String NUMBER = "\\d+(?:\\.\\d+)?";
    private static final Pattern NUMBERS = Pattern.compile(NUMBER);
    /** One number or a list: a and b, a to b. */
    private static final Pattern IN_TEXT =
            Pattern.compile("(?i)\\bcontract (" + NUMBER + "(?:(?:,| and| or| to|, and) " + NUMBER + ")*)");
    /** How rows and names of tests of the contract begin, of which some numbers stand after a semicolon. */
    private static final Pattern IN_TESTS = Pattern.compile(
            "(?:\\b[Rr]ule(?:\\.of)?|DisplayName)\\(\\s*\"([\\d., ]+?)(?: \\(|:|\")|; (" + NUMBER + "): ");
    /** Numbers of sections within the contract; what is code is left out before. */
    private static final Pattern WITHIN = Pattern.compile("\\b([1-9]\\d?\\.\\d+)\\b");
    /** Other ways to write it, which nobody would find. */
    private static final Pattern OTHERWISE = Pattern.compile("(?i)addendum \\d|contract,? \\(?sections? \\d");

    private static final Pattern HEADINGS = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern DECISION = Pattern.compile("(?i)\\bdecisions?(?: |/0*)(\\d+)");
    private static final Pattern LINK = Pattern.compile("(?m)]\\(([^)\\s]+)\\)|^\\[[^]]+]: (\\S+)");

    /** A class of ours in a page about code, perhaps with a member of which dots may stand for the end. */
    private static final Pattern CLASS =
            Pattern.compile("`(?:[a-z]+\\.)*([A-Z][a-z0-9]+[A-Z]\\w*(?:\\.[a-z]\\w*)?(?:\\.{3})?)`");

    private static final Set<String> PAGES_ABOUT_CODE =
            Set.of("architecture.md", "guarantees.md", "CONTRIBUTING.md", "decisions");

    private final List<String> missing = new ArrayList<>();

    @Test
    void sectionsOfTheContractExist() throws IOException {
        Set<String> sections = find(HEADINGS, Files.readString(CONTRACT)).stream()
                .flatMap(heading -> find(Pattern.compile("^(" + NUMBER + ")\\b"), heading).stream())
                .collect(Collectors.toSet());
        int references = 0;
        for (Path file : written(".java", ".md", ".yml", ".sql")) {
            for (String section : sectionsIn(file)) {
                references++;
                check(sections.contains(section), file, "contract " + section);
            }
        }
        assertThat(missing).isEmpty();
        assertThat(references).as("references in text and tests").isGreaterThan(200);
    }

    @Test
    void thereIsOneWayToReferToTheContract() throws IOException {
        for (Path file : written(".java", ".md", ".yml", ".sql")) {
            find(OTHERWISE, Files.readString(file)).forEach(found -> check(false, file, found));
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void decisionsExist() throws IOException {
        Set<Integer> decisions = written(".md").stream()
                .filter(file -> file.getParent().endsWith("decisions"))
                .map(file -> Integer.valueOf(file.getFileName().toString().substring(0, 3)))
                .collect(Collectors.toSet());
        int references = 0;
        for (Path file : written(".java", ".md", ".yml", ".sql")) {
            for (String decision : find(DECISION, oneLine(file))) {
                references++;
                check(decisions.contains(Integer.valueOf(decision)), file, "decision " + decision);
            }
        }
        assertThat(missing).isEmpty();
        assertThat(references).isGreaterThan(20);
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        int links = 0;
        for (Path page : written(".md")) {
            for (String link : find(LINK, withoutCode(page))) {
                if (!link.contains(":")) {
                    links++;
                    check(exists(page, link), page, link);
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(links).isGreaterThan(30);
    }

    @Test
    void classesExist() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (Path file : written(".java")) {
            sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
        }
        int references = 0;
        for (Path page : written(".md")) {
            if (PAGES_ABOUT_CODE.contains(page.getFileName().toString())
                    || PAGES_ABOUT_CODE.contains(page.getParent().getFileName().toString())) {
                for (String name : find(CLASS, Files.readString(page))) {
                    references++;
                    int dot = name.indexOf('.');
                    String source = sources.getOrDefault(dot < 0 ? name : name.substring(0, dot), "");
                    String member = dot < 0 ? "" : name.substring(dot + 1).replace("...", "");
                    check(Pattern.compile("\\b" + member).matcher(source).find(), page, name);
                }
            }
        }
        assertThat(missing).isEmpty();
        assertThat(references).isGreaterThan(200);
    }

    private void check(boolean exists, Path file, String reference) {
        if (!exists) {
            missing.add(ROOT.relativize(file) + ": " + reference);
        }
    }

    private static List<String> sectionsIn(Path file) throws IOException {
        String text = oneLine(file);
        List<String> lists = new ArrayList<>(find(IN_TEXT, text));
        if (file.getParent().endsWith("test/java/org/webhookbroker/contract")) {
            lists.addAll(find(IN_TESTS, text));
        }
        if (file.equals(CONTRACT)) {
            lists.addAll(find(WITHIN, withoutCode(file)));
        }
        return lists.stream().flatMap(list -> find(NUMBERS, list).stream()).toList();
    }

    private static boolean exists(Path page, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        return Files.exists(target)
                && (parts.length == 1
                        || find(HEADINGS, withoutCode(target).replace("`", "")).stream()
                                .map(ContractReferencesTest::anchor)
                                .anyMatch(parts[1]::equals));
    }

    /** As GitHub makes it of a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-');
    }

    /** With the lines of a comment or a paragraph joined, as a reference may be wrapped. */
    private static String oneLine(Path file) throws IOException {
        return Files.readString(file).replaceAll("\\s*\\n\\s*(?:\\*|--|#|//)?\\s*", " ");
    }

    /** Without blocks and numbers of code. */
    private static String withoutCode(Path page) throws IOException {
        return Files.readString(page).replaceAll("(?s)```.*?```", "").replaceAll("`[^`\\n]*\\d[^`\\n]*`", "");
    }

    private static List<String> find(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(ContractReferencesTest::firstGroup)
                .toList();
    }

    private static String firstGroup(MatchResult found) {
        for (int group = 1; group <= found.groupCount(); group++) {
            if (found.group(group) != null) {
                return found.group(group);
            }
        }
        return found.group();
    }

    private static List<Path> written(String... endings) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String place : WRITTEN) {
            try (Stream<Path> walk = Files.walk(ROOT.resolve(place))) {
                walk.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
                        .forEach(files::add);
            }
        }
        return files;
    }
}
