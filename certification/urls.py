"""URLs of verification, of holders' own certificates, of honours, and of the officers' pages."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from certification.views import (
    batch,
    bodies,
    bulk,
    corrected_awards,
    corrections,
    files,
    holding,
    honours,
    office,
    paper_records,
    published,
    register,
    templates,
    verify,
    verify_file,
    verify_offline,
    wallet,
    watching,
)

app_name = "certification"
urlpatterns = [
    path("verify/", verify.show_verify_form, name="verify"),
    path("verify/file/", verify_file.handle_file_verification, name="verify_file"),
    path("verify/result/<uuid:public_id>/", verify.show_verification_result, name="verify_result"),
    path(
        "verify/result/<uuid:public_id>/report.pdf",
        verify.download_verification_report,
        name="verify_report",
    ),
    path("verify/batch/", batch.send_check_sheet, name="batch"),
    path("verify/batch/template.xlsx", batch.download_sheet_template, name="batch_template"),
    path("verify/batch/demo.xlsx", batch.download_demo_sheet, name="batch_demo"),
    path("verify/batch/<uuid:public_id>/", batch.show_sheet_result, name="batch_result"),
    path(
        "verify/batch/<uuid:public_id>/report.xlsx",
        batch.download_sheet_report,
        name="batch_report",
    ),
    path("verify/batch/<uuid:public_id>/again/", batch.handle_sheet_recheck, name="batch_again"),
    path("verify/batch/<uuid:public_id>/watch/", batch.watch_sheet_matches, name="batch_watch"),
    path("verify/batch/report/", batch.verify_sheet_report, name="batch_judge"),
    path("verify/watch-list/", watching.watch_list, name="watch_list"),
    path("verify/watch-list/watch-list.csv", watching.export_watch_list, name="watch_list_csv"),
    path(
        "verify/watch-list/<uuid:public_id>/<slug:act>/",
        watching.change_watch_entry,
        name="watch_change",
    ),
    # The page that works without a network, and the worker that keeps it: both where the printed
    # addresses are.
    path("verify/offline/", verify_offline.show_offline_setup, name="verify_offline"),
    path("V/", verify_offline.serve_offline_page, name="verify_kept"),
    path("V/worker.js", verify_offline.serve_offline_worker, name="verify_worker"),
    path("V/offline.webmanifest", verify_offline.serve_offline_manifest, name="verify_manifest"),
    path("status/", verify_offline.serve_status_list_index, name="status_lists"),
    # Whatever stands there is answered as a code: a torn one like an unknown one. Our links are
    # written as the address is printed; what people type, in small letters or with a slash at the
    # end, leads to the same answer.
    re_path(r"^V/(?P<code>[^/]{1,200})$", verify.verify_scanned_code, name="code"),
    re_path(r"^[Vv]/(?P<code>[^/]{1,200})/?$", verify.verify_scanned_code, name="typed_code"),
    path("v/", RedirectView.as_view(pattern_name="certification:verify_kept")),
    path(".well-known/did.json", published.serve_did_document, name="did"),
    path("verify/root.cer", published.serve_root_certificate, name="document_root"),
    path("credentials/<uuid:address_id>", published.serve_credential, name="credential"),
    path("status/<int:number>/<slug:purpose>", published.serve_status_list, name="status_list"),
    # The public register (C2SP tlog-tiles): no slash at the end of a file.
    path("register/", register.show_register_monitor, name="public_register"),
    path("register/checkpoint", register.serve_checkpoint, name="register_checkpoint"),
    re_path(
        r"^register/tile/(?P<level>[0-9]{1,2})/(?P<path>[x0-9/.p]{1,60})$",
        register.serve_tile,
        name="register_tile",
    ),
    re_path(
        r"^register/tile/entries/(?P<path>[x0-9/.p]{1,60})$",
        register.serve_entry_bundle,
        name="register_entries",
    ),
    re_path(
        r"^register/proof/(?P<index>0|[1-9][0-9]{0,17})\.tlog-proof$",
        register.serve_entry_proof,
        name="register_proof",
    ),
    path("certificates/", wallet.list_own_certificates, name="wallet"),
    path("certificates/<uuid:public_id>/", wallet.show_own_certificate, name="certificate"),
    path("s/<slug:code>/", holding.show_shared_certificate, name="shared"),
    path("s/<slug:code>/photo/", holding.show_shared_photo, name="shared_photo"),
    path("certificates/<uuid:public_id>/show/", holding.show_qr_code, name="show"),
    path(
        "certificates/<uuid:public_id>/file/<slug:kind>/",
        holding.download_certificate_file,
        name="certificate_file",
    ),
    path("certificates/<uuid:public_id>/share/", holding.manage_share_links, name="share"),
    path("certificates/watched/<uuid:public_id>/", watching.handle_own_watcher, name="watched"),
    path(
        "certificates/share/<uuid:public_id>/withdraw/",
        holding.close_share_link,
        name="withdraw_share",
    ),
    path(
        "certificates/<uuid:public_id>/correct/",
        corrections.handle_correction_request,
        name="ask_correction",
    ),
    path(
        "certificates/corrections/<uuid:public_id>/take-back/",
        corrections.take_back_correction_request,
        name="take_back_correction",
    ),
    path("office/certificates/files/", files.show_faulty_files, name="files"),
    path("office/certificates/files/look/", files.request_file_inspection, name="look_at_files"),
    path("office/certificates/files/reissue/", files.request_new_files, name="ask_for_files"),
    path("office/certificates/change/", bulk.choose_bulk_change, name="bulk"),
    path("office/certificates/change/<uuid:public_id>/", bulk.show_bulk_change, name="bulk_change"),
    path(
        "office/certificates/change/<uuid:public_id>/report.xlsx",
        bulk.download_bulk_report,
        name="bulk_report",
    ),
    path(
        "office/certificates/change/<uuid:public_id>/<slug:answer>/",
        bulk.decide_bulk_change,
        name="decide_bulk",
    ),
    path(
        "office/certificates/corrected-awards/",
        corrected_awards.list_corrected_awards,
        name="corrected_awards",
    ),
    path(
        "office/certificates/corrected-awards/<uuid:public_id>/",
        corrected_awards.replace_corrected_award,
        name="replace_corrected_award",
    ),
    path(
        "office/certificates/corrections/", corrections.show_waiting_corrections, name="corrections"
    ),
    path(
        "office/certificates/corrections/<uuid:public_id>/",
        corrections.decide_correction_request,
        name="correction",
    ),
    path(
        "office/certificates/corrections/<uuid:public_id>/paper/",
        corrections.download_correction_paper,
        name="correction_paper",
    ),
    path(
        "certificates/<uuid:public_id>/pdf/",
        wallet.download_certificate_pdf,
        name="certificate_pdf",
    ),
    path("honours/", honours.show_honour_gallery, name="honours"),
    path("honours/<uuid:public_id>/", honours.show_honour, name="honour"),
    path("office/certificates/", office.show_certificate_list, name="register"),
    path("office/certificates/bodies/", bodies.list_assessment_bodies, name="bodies"),
    path(
        "office/certificates/bodies/<uuid:public_id>/end/", bodies.end_body_filing, name="body_end"
    ),
    path("office/certificates/templates/", templates.list_certificate_templates, name="templates"),
    path(
        "office/certificates/templates/<int:pk>/",
        templates.show_certificate_template,
        name="template",
    ),
    path(
        "office/certificates/templates/<int:pk>/sample.pdf",
        templates.download_template_sample,
        name="template_sample",
    ),
    path(
        "office/certificates/templates/new/<slug:kind>/",
        templates.edit_certificate_template,
        name="edit_template",
    ),
    path("office/certificates/historic/", paper_records.imports, name="historic_imports"),
    path("office/certificates/historic/new/", paper_records.new, name="historic_new"),
    path(
        "office/certificates/historic/template.xlsx",
        paper_records.template,
        name="historic_template",
    ),
    path("office/certificates/historic/<uuid:public_id>/", paper_records.detail, name="historic"),
    path(
        "office/certificates/historic/<uuid:public_id>/columns/",
        paper_records.columns,
        name="historic_columns",
    ),
    path(
        "office/certificates/historic/<uuid:public_id>/progress/",
        paper_records.progress,
        name="historic_progress",
    ),
    path(
        "office/certificates/historic/<uuid:public_id>/errors.xlsx",
        paper_records.errors,
        name="historic_errors",
    ),
    path(
        "office/certificates/historic/<uuid:public_id>/rows/<slug:what>/",
        paper_records.rows,
        name="historic_rows",
    ),
    path(
        "office/certificates/historic/<uuid:public_id>/apply/",
        paper_records.apply,
        name="historic_apply",
    ),
    path(
        "office/certificates/historic/<uuid:public_id>/discard/",
        paper_records.discard,
        name="historic_discard",
    ),
    path(
        "office/certificates/historic/<uuid:public_id>/link/",
        paper_records.link,
        name="historic_link",
    ),
    path(
        "office/certificates/historic/<uuid:public_id>/sample/",
        paper_records.sample,
        name="historic_sample",
    ),
    path(
        "office/certificates/historic/<uuid:public_id>/withdraw/",
        paper_records.withdraw,
        name="historic_withdraw",
    ),
    path("office/certificates/issue/", office.issue_batch, name="issue"),
    path("office/certificates/issue/<uuid:public_id>/", office.batch_job, name="batch_job"),
    path(
        "office/certificates/issue/<uuid:public_id>/report.xlsx",
        office.batch_report,
        name="batch_issue_report",
    ),
    path("office/certificates/<uuid:public_id>/page.png", office.page_picture, name="page_picture"),
    path(
        "office/certificates/issue/<uuid:public_id>/<slug:act>/",
        office.batch_control,
        name="batch_control",
    ),
    path(
        "office/certificates/<uuid:public_id>/",
        office.show_office_certificate,
        name="office_certificate",
    ),
    path("office/certificates/<uuid:public_id>/suspend/", office.handle_suspension, name="suspend"),
    path(
        "office/certificates/<uuid:public_id>/reinstate/",
        office.handle_reinstatement,
        name="reinstate",
    ),
    path(
        "office/certificates/<uuid:public_id>/replace/", office.handle_replacement, name="replace"
    ),
    path(
        "office/certificates/<uuid:public_id>/revoke/",
        office.handle_revocation_request,
        name="revoke",
    ),
    path(
        "office/certificates/<uuid:public_id>/revoke/confirm/",
        office.handle_revocation_confirmation,
        name="confirm_revocation",
    ),
    path(
        "office/certificates/<uuid:public_id>/revoke/refuse/",
        office.handle_revocation_refusal,
        name="refuse_revocation",
    ),
    path("office/certificates/<uuid:public_id>/print/", office.print_again, name="print"),
]
