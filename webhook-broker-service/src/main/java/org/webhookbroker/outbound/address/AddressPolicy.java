package org.webhookbroker.outbound.address;

/** Where consumers may be, {@code outbound.policy}. */
public enum AddressPolicy {
    /** Anywhere but in the denied networks. */
    INTERNAL,
    /** At addresses of the public internet only: none that {@link SpecialPurpose} lists, and none in the denied networks. */
    PUBLIC
}
