package io.linuxaio.testing.fuse;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The control connection of the faulty filesystem: one command per line, each answered by a line. */
final class FaultyControl implements Runnable {
    private final FaultyServer server;
    private final Path socket;
    private final String mountPoint;

    FaultyControl(FaultyServer server, String socket, String mountPoint) {
        this.server = server;
        this.socket = Path.of(socket);
        this.mountPoint = mountPoint;
    }

    @Override
    public void run() {
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            try (SocketChannel master = listener.accept()) {
                obey(master);
            }
            // The controlling process has exited, apparently without cleaning up.
            new ProcessBuilder("umount", "--lazy", mountPoint).start().waitFor();
        } catch (Exception e) {
            e.printStackTrace();
        }
        Runtime.getRuntime().halt(1);
    }

    private void obey(SocketChannel master) throws IOException {
        BufferedReader lines = new BufferedReader(Channels.newReader(master, StandardCharsets.UTF_8));
        String line;
        while ((line = lines.readLine()) != null) {
            String answer;
            try {
                answer = "ok " + obey(line.split(" "));
            } catch (Exception e) {
                answer = "error " + e;
            }
            master.write(StandardCharsets.UTF_8.encode(answer + "\n"));
        }
    }

    private int obey(String[] words) throws Exception {
        switch (words[0]) {
            case "fault" -> server.inject(InjectedFault.parse(words));
            case "clear" -> server.removeFaults();
            case "await-held" -> server.awaitHeld(Integer.parseInt(words[1]));
            case "release" -> {
                return server.release(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            }
            case "power-failure" -> {
                return server.losePower(Long.parseLong(words[1]), Integer.parseInt(words[2]));
            }
            case "power-failure-at-flush" -> {
                return server.losePowerAtFlush(Long.parseLong(words[1]), Integer.parseInt(words[2]));
            }
            case "power" -> server.power();
            default -> throw new IllegalArgumentException(words[0]);
        }
        return 0;
    }
}
