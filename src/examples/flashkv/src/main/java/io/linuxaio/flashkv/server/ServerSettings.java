package io.linuxaio.flashkv.server;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Settings of a server.
 *
 * @param address where clients connect
 * @param maxConnections the maximum number of clients
 * @param maxRequest the maximum size of a request, in bytes
 * @param idleTimeout the time after which a silent client is cut off; zero for never
 * @param writeTimeout the time after which a client that does not read its replies is cut off; zero for never
 */
public record ServerSettings(
        InetSocketAddress address, int maxConnections, int maxRequest, Duration idleTimeout, Duration writeTimeout) {}
