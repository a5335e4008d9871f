package org.webhookbroker.audit;

/**
 * Who did something, as the record has it.
 *
 * @param actor the id of a key; the origin if there is no key
 * @param name of the key, or of the consumer whose token was given; may be empty
 * @param origin the address that the request came from, or what within the broker did it, such as {@code seed}
 * @param operates whether it is somebody who operates the broker, or the broker itself
 */
public record Who(String actor, String name, String origin, boolean operates) {
    static final int LONGEST = 100;

    public Who {
        actor = Shown.cut(actor, LONGEST);
        name = Shown.cut(name, Target.LONGEST);
        origin = Shown.cut(origin, LONGEST);
    }

    /** The broker itself, or a command of an operator beside it. */
    public static Who within(String part) {
        return new Who(part, "", part, true);
    }

    public static Who at(String address) {
        return new Who(address, "", address, false);
    }

    /** With the name of the consumer whose token was given, unless a key says more. */
    public Who as(Target consumer) {
        return name.isEmpty() ? new Who(actor, consumer.toString(), origin, operates) : this;
    }

    /** Whoever comes by the admin port. */
    public Who operating() {
        return new Who(actor, name, origin, true);
    }

    public Deed doing(Action action) {
        return new Deed(this, action);
    }
}
