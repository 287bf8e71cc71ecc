package io.linuxaio.lucene;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BasePostingsFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Lucene's suite for postings, on {@link AioDirectory}, which the property {@code tests.directory} names. */
public class PostingsFormatIT extends BasePostingsFormatTestCase {
    @Override
    protected Codec getCodec() {
        return TestUtil.getDefaultCodec();
    }
}
