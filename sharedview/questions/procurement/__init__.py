"""A pan-London framework agreement: what a register of contracts says, and who should join when.

From :mod:`contracts <sharedview.questions.procurement.contracts>` over their ``terms`` and
``spend`` to the ``pooling`` of volume, the ``call_off`` model and the whole ``framework``;
``tables`` and ``figures`` say it.
"""
