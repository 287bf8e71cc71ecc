package io.linuxaio.bench;

import java.io.IOException;

/** A set of sessions, one for each submitting thread, which alone opens, runs and closes it. */
public final class SessionPerThread implements Session {
    private final Submitters threads;
    private final Session[] sessions;

    /** Opens the session of one thread, on that thread. */
    @FunctionalInterface
    public interface Opening {
        Session open(ThreadShare share) throws Exception;
    }

    private SessionPerThread(Workload workload) {
        threads = new Submitters(workload);
        sessions = new Session[workload.threads()];
    }

    /**
     * Opens all; where one cannot be opened, none stays open.
     *
     * @throws Exception what the opening throws
     */
    public static Session open(Workload workload, Opening opening) throws Exception {
        if (workload.threads() == 1) {
            return opening.open(new ThreadShare(workload, 0));
        }
        SessionPerThread all = new SessionPerThread(workload);
        try {
            all.threads.run(share -> all.sessions[share.number()] = opening.open(share));
            return all;
        } catch (Exception | Error e) {
            try {
                all.close();
            } catch (IOException | RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    @Override
    public void run(Meter meter) throws Exception {
        threads.run(share -> sessions[share.number()].run(meter));
    }

    @Override
    public void close() throws IOException {
        try (threads) {
            threads.run(share -> {
                Session session = sessions[share.number()];
                if (session != null) {
                    session.close();
                }
            });
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
