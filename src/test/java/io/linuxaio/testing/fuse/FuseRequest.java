package io.linuxaio.testing.fuse;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A request of the kernel.
 *
 * @param opcode the requested operation
 * @param unique the ID that identifies the reply
 * @param node the file or directory
 * @param body the bytes after the header ({@code struct fuse_in_header})
 */
record FuseRequest(FuseOpcode opcode, long unique, long node, ByteBuffer body) {
    private static final int HEADER = 40;

    /** Parses a request read from the device. */
    static FuseRequest parse(ByteBuffer message) {
        FuseOpcode opcode = FuseOpcode.of(message.getInt(4));
        byte[] body = new byte[message.limit() - HEADER];
        message.get(HEADER, body);
        return new FuseRequest(
                opcode,
                message.getLong(8),
                message.getLong(16),
                ByteBuffer.wrap(body).order(message.order()));
    }

    /** Returns the name at an offset in the body. */
    String name(int at) {
        int end = at;
        while (body.get(end) != 0) {
            end++;
        }
        return new String(body.array(), at, end - at, StandardCharsets.UTF_8);
    }
}
