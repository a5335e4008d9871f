package org.webhookbroker.retention;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A compressed file with all its members. Java's stream ends without a word at a member whose head is damaged, and, where the
 * source says that nothing is available yet, as a network does, also at one that is whole (JDK-7036144). What it left is damage here.
 */
final class WholeGzip extends GZIPInputStream {
    /** Of a member: checksum and length. */
    private static final int TRAILER = 8;

    private WholeGzip(InputStream source) throws IOException {
        super(source);
    }

    static WholeGzip open(InputStream source) throws IOException {
        return new WholeGzip(new BufferedInputStream(source) {
            /** Waits for a byte, so that nothing is available only at the end. */
            @Override
            public synchronized int available() throws IOException {
                mark(1);
                int next = read();
                reset();
                return next < 0 ? 0 : 1;
            }
        });
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        if (count < 0 && (inf.getRemaining() > TRAILER || in.available() > 0)) {
            throw new ZipException("something follows the last member");
        }
        return count;
    }
}
