/** The commands: their names, their arguments, and what each does to a {@link io.linuxaio.flashkv.store.View}. */
package io.linuxaio.flashkv.command;
