/** Connections: one virtual thread each, limits, shutdown. */
package io.linuxaio.flashkv.server;
