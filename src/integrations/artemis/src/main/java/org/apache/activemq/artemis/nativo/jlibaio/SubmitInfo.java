package org.apache.activemq.artemis.nativo.jlibaio;

/** A callback of an operation of a {@link LibaioContext}. One of the two methods is called, once, by a thread that polls. */
public interface SubmitInfo {
    /**
     * Receives the failure of an operation, or of the sync that was to make it durable.
     *
     * @param errno the error number, as in errno(3), positive
     * @param message the operation, the file, the reason and, if one is known, a remedy
     */
    void onError(int errno, String message);

    /** Receives the success of an operation. */
    void done();
}
