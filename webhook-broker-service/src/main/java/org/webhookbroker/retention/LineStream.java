package org.webhookbroker.retention;

import java.io.IOException;
import java.io.InputStream;

/** A file as one stream for each of its lines. Of a line it holds no more than a piece, however long the line is (G8). Used by one thread. */
final class LineStream extends InputStream {
    private static final int PIECE = 64 << 10;

    private final InputStream file;
    private final byte[] piece = new byte[PIECE];
    private int at;
    private int end;
    private boolean inLine;

    LineStream(InputStream file) {
        this.file = file;
    }

    /** Goes to the begin of the next line, past what was not read of this one. False at the end of the file. */
    boolean nextLine() throws IOException {
        while (inLine) {
            skipPiece();
        }
        inLine = fill();
        return inLine;
    }

    private void skipPiece() throws IOException {
        inLine = fill();
        if (inLine) {
            take(end - at);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Ends where the line ends. */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!inLine || !fill()) {
            inLine = false;
            return -1;
        }
        int start = at;
        int count = take(Math.min(length, end - at));
        System.arraycopy(piece, start, target, offset, count);
        return count == 0 && length > 0 ? -1 : count;
    }

    /** Takes bytes up to the end of the line, and the line feed with them; it does not count. */
    private int take(int most) {
        int start = at;
        while (at < start + most) {
            if (piece[at++] == '\n') {
                inLine = false;
                return at - start - 1;
            }
        }
        return most;
    }

    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, file.read(piece, 0, PIECE));
        }
        return end > at;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
