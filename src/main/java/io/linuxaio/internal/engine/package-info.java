/**
 * One kernel AIO context: its slots, their iocbs, submission, and the memory, files and devices that operations use.
 *
 * <p>A {@link io.linuxaio.internal.engine.Slot} is one operation at a time, from
 * {@link io.linuxaio.internal.engine.SlotPool} (a Treiber stack with a version tag) to its release after the completion
 * event. {@link io.linuxaio.internal.engine.KernelAioContext} submits iocbs and takes completion events. While an
 * operation is in flight, its slot holds a {@linkplain io.linuxaio.internal.engine.RefCount reference count} of its file
 * and of each arena.
 *
 * <p>Methods report errors as numbers, {@code -errno}; exceptions are created in {@code io.linuxaio}.
 */
package io.linuxaio.internal.engine;
