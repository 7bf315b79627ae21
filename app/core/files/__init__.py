"""Files: what people attach; taken with suspicion, kept unchanged, given back as downloads.

- *content*: the bytes; they lie in a folder or an S3-compatible store, under the id of their file.
- *file*: the row that says what a content is: its SHA-256, size, sniffed type and name.
- *arrival*: the mark of a content that no file speaks for yet.
- *erasure*: the content and the name go, the row stays and says what there was.

A domain refers to `files.id`, and decides who may send and read. It takes a file so:

    async def attach(plan: OwnPlan, caller: AnyCaller, upload: Upload, session: Session) -> File:
        return await actions.attach(session, plan, await upload.receive(), caller.actor)

and its action says `files.keep(session, received, actor)`. It gives one back with
`files.download(request, session, file)`, and documents that with `responses=files.DOWNLOAD`.

**The order of an upload**, in which no slow sender, disk, scanner or store holds a transaction:

1. The guards prove the right, in the request's transaction; the action refuses what it can.
2. `upload.receive()` ends that transaction and streams the body into a nameless file on disk,
   counting and hashing; then it is recognised, looked through and scanned.
3. A row in `file_arrivals`, in a transaction of its own, says which content comes; the store
   takes it.
4. The next transaction begins. Time has passed: the right is proven again, and the action locks
   and checks what the guards read, and keeps the file. The arrival goes in that transaction.
5. An arrival that is left after a day (the transaction rolled back, the process died) goes in one
   transaction with a job that removes the content. Keeping and forgetting both take the arrival
   away, and only one of them can.

Decision: a content lies under the id of its file, not under its hash. Under the hash equal
contents would share a place, and then neither erasing one of two files nor sweeping what nobody
keeps is safe without a lock over the store's network. It costs the space of what is sent twice.
For the same reason the store is never listed: what another installation put there stays.

Decision: a file is the whole body, under its own media type and with its name in
`Content-Disposition`, not a part of a form. Nothing needs to be parsed before it is checked; a
page with a form can hand the parts of it to `take`. Considered: multipart/form-data.

Decision: `obstore` speaks S3 (MIT, one wheel of 16 MB installed, a Rust client that streams).
Considered: aiobotocore, which brings aiohttp and a botocore of its own choice. The folder is
written here: a "201 Created" promises what is synced to the disk, and the library's folder offers
no way to ask for that.
"""

from app.core.files.keeping import REMOVE, erase, forget_arrivals, keep, remove_content
from app.core.files.models import File, FileArrival
from app.core.files.receiving import JsonUpload, Upload, XmlUpload
from app.core.files.scanning import Scanner
from app.core.files.schemas import FileView
from app.core.files.serving import DOWNLOAD, download, downloads
from app.core.files.taking import Received, Sent, measured, place, read, spooled, take, working_file

__all__ = [
    "DOWNLOAD",
    "REMOVE",
    "File",
    "FileArrival",
    "FileView",
    "JsonUpload",
    "Received",
    "Scanner",
    "Sent",
    "Upload",
    "XmlUpload",
    "download",
    "downloads",
    "erase",
    "forget_arrivals",
    "keep",
    "measured",
    "place",
    "read",
    "remove_content",
    "spooled",
    "take",
    "working_file",
]
