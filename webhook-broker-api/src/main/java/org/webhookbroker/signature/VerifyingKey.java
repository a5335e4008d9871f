package org.webhookbroker.signature;

import java.util.function.Predicate;

/** Knows the right signatures of one version. */
interface VerifyingKey {
    SignatureVersion version();

    /** What says of a signature in base64 whether it is right. Asked again and again, it compares in constant time and never throws. */
    Predicate<String> signatureOf(Signable signable);
}
