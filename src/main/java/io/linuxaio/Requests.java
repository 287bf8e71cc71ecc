package io.linuxaio;

import io.linuxaio.internal.engine.Opcode;
import java.util.ArrayList;
import java.util.List;

/** The operations of a batch that wait to be submitted, in objects that are used again and again. For one thread. */
final class Requests {
    private final List<Request> all = new ArrayList<>();
    private int count;

    /** One operation. */
    static final class Request {
        private Opcode opcode;
        private AioFile file;
        private Object memory;
        private long position;
        private long length;
        private AioFuture<?> future;

        Opcode opcode() {
            return opcode;
        }

        AioFile file() {
            return file;
        }

        Object memory() {
            return memory;
        }

        long position() {
            return position;
        }

        long length() {
            return length;
        }

        AioFuture<?> future() {
            return future;
        }
    }

    void add(Opcode opcode, AioFile file, Object memory, long position, long length, AioFuture<?> future) {
        if (count == all.size()) {
            all.add(new Request());
        }
        Request request = all.get(count++);
        request.opcode = opcode;
        request.file = file;
        request.memory = memory;
        request.position = position;
        request.length = length;
        request.future = future;
    }

    int count() {
        return count;
    }

    Request get(int index) {
        return all.get(index);
    }

    /** Forgets them, and what they refer to. */
    void clear() {
        for (int i = 0; i < count; i++) {
            Request request = all.get(i);
            request.file = null;
            request.memory = null;
            request.future = null;
        }
        count = 0;
    }
}
