package org.webhookbroker.http.access;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.webhookbroker.auth.Role;

/**
 * Which keys may call a method of a resource, where {@code auth.mode} is {@code keys}; nobody may call one that does not say. The key must
 * cover the {@code {channelId}} of the path, or the {@code {producerId}}; all, if the path has neither.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Needs {
    /** A key of one of these roles does. Without any, everybody may call the method. */
    Role[] value();

    /** A request without a key may show the tokens of the contract instead; the method judges them. */
    boolean orTokens() default false;

    /** For a path without an id: a key that covers some channels may call it too, as the method shows no more than these. */
    boolean ofCovered() default false;
}
