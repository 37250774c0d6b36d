# The official Odoo 19 image with SIRE in it, and a second, small image for the sandbox. Not in /mnt/extra-addons: the image
# declares that a volume, which would go on showing the modules of the first start.
FROM odoo:19 AS odoo
# for Argon2id and Kenya's holidays, which the image lacks
USER root
RUN apt-get update && apt-get install -y --no-install-recommends python3-argon2 python3-holidays && rm -rf /var/lib/apt/lists/*
COPY --chown=odoo:odoo odoo.conf /etc/odoo/odoo.conf
COPY --chown=root:root host /opt/sire/host
COPY --chown=root:root docker/start.py /opt/sire/start.py
COPY --chown=root:root sire_access /opt/sire/addons/sire_access
COPY --chown=root:root sire_audit /opt/sire/addons/sire_audit
COPY --chown=root:root sire_base /opt/sire/addons/sire_base
COPY --chown=root:root sire_billing /opt/sire/addons/sire_billing
COPY --chown=root:root sire_cashier /opt/sire/addons/sire_cashier
COPY --chown=root:root sire_demo /opt/sire/addons/sire_demo
COPY --chown=root:root sire_mpesa /opt/sire/addons/sire_mpesa
COPY --chown=root:root sire_partner_autocomplete /opt/sire/addons/sire_partner_autocomplete
COPY --chown=root:root sire_payment /opt/sire/addons/sire_payment
COPY --chown=root:root sire_pdf /opt/sire/addons/sire_pdf
COPY --chown=root:root sire_projects /opt/sire/addons/sire_projects
COPY --chown=root:root sire_reminder /opt/sire/addons/sire_reminder
COPY --chown=root:root sire_retainer /opt/sire/addons/sire_retainer
COPY --chown=root:root sire_signin /opt/sire/addons/sire_signin
COPY --chown=root:root sire_stripe /opt/sire/addons/sire_stripe
COPY --chown=root:root sire_withholding /opt/sire/addons/sire_withholding
USER odoo
ENTRYPOINT ["python3", "/opt/sire/start.py"]

FROM python:3.13-slim AS sandbox
WORKDIR /opt/sire
COPY sandbox/requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir -r /tmp/requirements.txt
COPY sandbox /opt/sire/sandbox
USER nobody
EXPOSE 8070 8071
ENTRYPOINT ["python", "-m", "sandbox", "--host", "0.0.0.0", "--port", "8070", "--smtp-port", "8071"]
