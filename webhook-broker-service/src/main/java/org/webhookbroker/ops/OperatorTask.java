package org.webhookbroker.ops;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.webhookbroker.auth.Role;

/** A task that answers in plain words, also to parameters it cannot use. */
abstract class OperatorTask extends Task {
    private final List<String> known;

    OperatorTask(String name, String... known) {
        super(name);
        this.known = List.of(known);
    }

    /** What a key needs to run it, where the admin port asks for one. */
    Role role() {
        return Role.ADMIN;
    }

    abstract void run(Parameters parameters, PrintWriter output) throws BadParameterException;

    @Override
    public final void execute(Map<String, List<String>> parameters, PrintWriter output) {
        try {
            run(new Parameters(parameters, known), output);
        } catch (BadParameterException refused) {
            if (output instanceof TaskOutput answer) {
                answer.badRequest();
            }
            output.println(refused.getMessage());
        }
    }
}
