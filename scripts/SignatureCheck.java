import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.webhookbroker.signature.SigningSecret;
import org.webhookbroker.signature.WebhookVerificationException;
import org.webhookbroker.signature.WebhookVerifier;

/**
 * Our half of scripts/signature-check. A line for each case: secret, id, seconds, body in base64, and then, to verify, the signatures and whether they
 * are right. A hyphen stands for an empty body.
 */
final class SignatureCheck {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int count = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] fields = line.split("\t", -1);
            if (args[0].equals("sign")) {
                SigningSecret secret = SigningSecret.parse(fields[0]);
                System.out.println(line + "\t" + secret.publicKey().orElse("-") + "\t"
                        + secret.sign(fields[1], Long.parseLong(fields[2]), body(fields)));
            } else {
                verify(fields);
            }
            count++;
        }
        if (count < 5) {
            throw new IllegalStateException("Only " + count + " cases came");
        }
        if (args[0].equals("verify")) {
            System.out.println(count + " signatures that Node.js has made were judged rightly by WebhookVerifier");
        }
    }

    private static byte[] body(String[] fields) {
        return fields[3].equals("-") ? new byte[0] : Base64.getDecoder().decode(fields[3]);
    }

    private static void verify(String[] fields) {
        boolean right;
        try {
            Map<String, List<String>> headers = Map.of(
                    "webhook-id", List.of(fields[1]), "webhook-timestamp", List.of(fields[2]), "webhook-signature", List.of(fields[4]));
            right = WebhookVerifier.of(fields[0]).verify(headers, body(fields)).equals(fields[1]);
        } catch (WebhookVerificationException refused) {
            right = false;
        }
        if (right != fields[5].equals("right")) {
            throw new IllegalStateException("WebhookVerifier says " + right + " of " + String.join(" ", fields));
        }
    }
}
