/**
 * A write-ahead log with group commit, preallocated and recycled segments, and direct I/O.
 *
 * {@snippet class="io.linuxaio.log.LogExample" region="example"}
 *
 * <h2>Terms</h2>
 *
 * <p>A <em>record</em> is a sequence of bytes that a caller appends. A <em>group</em> is what one commit writes: all records
 * that arrived while the commit before was under way. A <em>segment</em> is one file of the log. A <em>position</em> is a
 * number of bytes from the beginning of the log's life. Positions grow from record to record, also across segments and
 * restarts, with gaps where the log pads a group or leaves a segment.
 *
 * <h2>Where to begin</h2>
 *
 * <ul>
 *   <li>{@link io.linuxaio.log.LogWriter}: opens a log, appends to it, discards its beginning.
 *   <li>{@link io.linuxaio.log.LogReader}: follows a log that is being written.
 *   <li>{@link io.linuxaio.log.LogDurability} and {@link io.linuxaio.log.LogForce}: when and how records become durable.
 * </ul>
 *
 * <h2>Failures</h2>
 *
 * <table>
 *   <caption>What fails, and what goes on</caption>
 *   <thead>
 *     <tr><th scope="col">failure</th><th scope="col">what fails</th><th scope="col">what goes on</th></tr>
 *   </thead>
 *   <tbody>
 *     <tr>
 *       <th scope="row">no space for a new segment, or none can be made for another reason</th>
 *       <td>the futures of the group, with the kernel's {@link java.io.IOException}. None of its records is in the log</td>
 *       <td>the log. Each later group tries again, so appends succeed as soon as there is space. Reading goes on</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">no space for a write, on filesystems that do not overwrite in place</th>
 *       <td>the futures of the group, likewise. If the process ends before another
 *           append, a record of the group may be in the log</td>
 *       <td>the log, likewise</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">any other failed write, a failed sync, an {@link java.lang.Error} in the thread that commits</th>
 *       <td>all futures that are not complete and all later ones, with {@link io.linuxaio.log.LogFailedException}. Their
 *           records may or may not be there when the log is opened again</td>
 *       <td>{@link io.linuxaio.log.LogWriter#close}, and reading of what was durable before</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">log closed</th>
 *       <td>later appends, with {@link java.nio.channels.ClosedChannelException}</td>
 *       <td>what was appended before, which closing commits</td>
 *     </tr>
 *     <tr>
 *       <th scope="row">interrupt while an append waits for room in the buffer</th>
 *       <td>that append, with {@link java.io.InterruptedIOException}; its record is not in the log</td>
 *       <td>the log; the thread stays interrupted</td>
 *     </tr>
 *   </tbody>
 * </table>
 */
package io.linuxaio.log;
