package org.webhookbroker.contract;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.testing.Answer;

/** A connection that is used for as long as the broker keeps it, and opened anew then. */
final class FuzzConnection implements AutoCloseable {
    /** Generous: a busy machine is no hang. */
    private static final int PATIENCE_MILLIS = 20_000;

    private final int port;
    private @Nullable Socket socket;
    private @Nullable InputStream in;

    FuzzConnection(int port) {
        this.port = port;
    }

    /** All answers: one, or for a damaged request any number. */
    List<Answer> exchange(FuzzRequest request) {
        try {
            return request.damaged() ? alone(request) : List.of(inTurn(request));
        } catch (SocketTimeoutException hang) {
            throw new AssertionError("No answer to " + request, hang);
        } catch (IOException failure) {
            throw new AssertionError(failure + " after " + request, failure);
        }
    }

    private Answer inTurn(FuzzRequest request) throws IOException {
        boolean kept = socket != null;
        try {
            return attempt(request);
        } catch (NoAnswerException closed) {
            close();
            if (kept) {
                // The broker may close a kept connection between two requests at any time; a new one must do.
                return attempt(request);
            }
            throw closed;
        }
    }

    private Answer attempt(FuzzRequest request) throws IOException {
        if (socket == null) {
            open();
        }
        write(request);
        awaitFirstByte();
        Answer answer = Answer.read(in, request.isHead());
        if (!answer.keepsConnection()) {
            close();
        }
        return answer;
    }

    /** Whatever is wrong after the first byte of an answer is a fault of the broker. */
    private void awaitFirstByte() throws IOException {
        try {
            in.mark(1);
            if (in.read() < 0) {
                throw new NoAnswerException("closed");
            }
            in.reset();
        } catch (SocketException reset) {
            throw new NoAnswerException(reset.toString());
        }
    }

    /** The connection ended before an answer began. */
    private static final class NoAnswerException extends IOException {
        private static final long serialVersionUID = 1;

        NoAnswerException(String how) {
            super(how);
        }
    }

    /** Ends its side of the connection, so that the broker cannot wait for more. */
    private List<Answer> alone(FuzzRequest request) throws IOException {
        close();
        open();
        write(request);
        List<Answer> answers = new ArrayList<>();
        try {
            socket.shutdownOutput();
            while (true) {
                in.mark(1);
                if (in.read() < 0) {
                    return answers;
                }
                in.reset();
                Answer answer = Answer.read(in, request.isHead());
                answers.add(answer);
                // Damage may have made another method of HEAD, so what follows may be the body of this answer.
                if (request.isHead() || !answer.keepsConnection()) {
                    return answers;
                }
            }
        } catch (SocketException reset) {
            // The broker hung up on bytes that it did not read, and the reset may overtake its answer.
            return answers;
        } finally {
            close();
        }
    }

    private void write(FuzzRequest request) {
        try {
            socket.getOutputStream().write(request.bytes());
        } catch (IOException answeredAlready) {
            // The broker need not take the rest of a request that it has refused.
        }
    }

    private void open() throws IOException {
        Socket opened = new Socket(InetAddress.getLoopbackAddress(), port);
        opened.setSoTimeout(PATIENCE_MILLIS);
        opened.setTcpNoDelay(true);
        socket = opened;
        in = new BufferedInputStream(opened.getInputStream());
    }

    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException already) {
                // It is going away.
            }
        }
    }
}
