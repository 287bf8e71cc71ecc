/** The protocol: RESP2 and inline requests, and replies. */
package io.linuxaio.flashkv.resp;
