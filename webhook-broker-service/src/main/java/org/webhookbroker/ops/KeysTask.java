package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import org.webhookbroker.auth.KeyDesk;
import org.webhookbroker.auth.KeyRefusedException;

/** Makes, lists and revokes keys; the way to do so on an embedded database, which only its broker can open. */
final class KeysTask extends OperatorTask {
    private final KeyDesk desk;

    KeysTask(KeyDesk desk) {
        super("keys", KeyDesk.PARAMETERS.toArray(String[]::new));
        this.desk = desk;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) throws BadParameterException {
        Map<String, String> given = new HashMap<>();
        for (String name : KeyDesk.PARAMETERS) {
            parameters.text(name).ifPresent(value -> given.put(name, value));
        }
        try {
            desk.run(given, TaskOutput.caller(output), output::println, output::println);
        } catch (KeyRefusedException refused) {
            throw new BadParameterException(String.valueOf(refused.getMessage()));
        }
    }
}
