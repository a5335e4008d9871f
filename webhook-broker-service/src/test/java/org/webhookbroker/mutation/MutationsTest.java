package org.webhookbroker.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code mutations.yml} fits the code as it is, and docs/guarantees.md shows it. */
class MutationsTest {
    private final List<Mutation> mutations = Mutation.all();

    @Test
    void eachCanBeAppliedAndHasATest() {
        assertThat(mutations).hasSizeGreaterThanOrEqualTo(60);
        assertThat(mutations).extracting(Mutation::breaks).doesNotHaveDuplicates();
        assertThat(mutations).allSatisfy(mutation -> {
            assertThat(mutation.apply()).isNotEqualTo(Files.readString(mutation.source()));
            assertThat(mutation.testSource()).isRegularFile();
        });
    }

    @Test
    void theTableOfTheDocsIsThisList() throws Exception {
        List<String> rows = mutations.stream()
                .map(each -> "| " + each.guards() + " | " + each.breaks() + " | `" + each.test() + "` |")
                .toList();

        assertThat(Files.readString(Path.of("..", "docs", "guarantees.md"))).contains(String.join("\n", rows));
    }
}
