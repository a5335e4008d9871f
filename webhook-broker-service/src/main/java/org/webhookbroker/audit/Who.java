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

    /** A command that an operator has run beside the broker. */
    public static Who command(String name) {
        return new Who(name, System.getProperty("user.name", ""), name, true);
    }

    /** The broker itself. */
    public static Who within(String part) {
        return new Who(part, "", part, true);
    }

    /** @param address of IPv6 without the brackets that servers put around it */
    public static Who at(String address) {
        String plain = plain(address);
        return new Who(plain, "", plain, false);
    }

    /** By a key, and from where. */
    public static Who key(String id, String name, String address, boolean operates) {
        return new Who(id, name, plain(address), operates);
    }

    private static String plain(String address) {
        return address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
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
