package org.webhookbroker.signature;

/** Makes signatures of one version. */
interface SigningKey {
    SignatureVersion version();

    /** In base64. */
    String sign(Signable signable);
}
