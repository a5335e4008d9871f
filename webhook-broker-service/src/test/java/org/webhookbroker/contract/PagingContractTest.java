package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.RawClient;

/** Contract 2: pages, shown on the consumers of a channel. */
final class PagingContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private final RawClient client = contract.client();

    @Test
    void sixtyItemsInBothDirections() {
        List<String> all = new ArrayList<>();
        client.put("/channel/paged", "");
        for (int i = 0; i < 60; i++) {
            client.put("/channel/paged/consumer/k" + i, "callbackUrl=http://h/");
            all.add("/channel/paged/consumer/k" + i);
        }
        Collections.reverse(all);
        Answer first = client.get("/channel/paged/consumers?status=102");
        assertThat(result(first)).isEqualTo(all.subList(0, 25));
        assertThat(first.field("next"))
                .as("query-encoded")
                .matches("/channel/paged/consumers\\?status=102&next=[A-Za-z0-9%]+");
        Answer second = client.get(first.field("next"));
        assertThat(result(second)).isEqualTo(all.subList(25, 50));
        Answer third = client.get(second.field("next"));
        assertThat(result(third)).isEqualTo(all.subList(50, 60));
        assertThat(third.field("next")).isNotEmpty();
        assertThat(client.get(third.field("next")).body()).isEqualTo("{\"Result\":[],\"Pages\":{},\"Links\":null}\n");
        assertThat(result(client.get(third.field("previous")))).isEqualTo(all.subList(25, 50));
        assertThat(client.get(client.get(third.field("previous")).field("previous"))
                        .body())
                .isEqualTo(first.body());
        assertThat(client.get(first.field("previous")).body()).contains("\"Pages\":{}");

        String both =
                first.field("next") + "&previous=" + third.field("previous").replaceAll(".*=", "");
        assertThat(client.get(both.replace("/paged/", "/unknown/")).status()).isEqualTo(400);
        assertThat(client.get(both).body())
                .isEqualTo(
                        "can not decide on pagination direction! Both after and before provided or pagination is nil");
        for (String ignored :
                List.of("next=", "next=%zz", "next=abcd", "next=YXxi", "next=*", "next", "&&=&next=%00")) {
            assertThat(result(client.get("/channel/paged/consumers?" + ignored)))
                    .isEqualTo(all.subList(0, 25));
        }
        assertThat(result(client.get(first.field("next") + "&previous=x"))).isEqualTo(all.subList(25, 50));
    }

    private static List<String> result(Answer answer) {
        String body = answer.body();
        String list = body.substring(body.indexOf('[') + 1, body.indexOf(']'));
        return Arrays.stream(list.split(",", -1))
                .map(link -> link.replace("\"", ""))
                .toList();
    }
}
